--
-- Charts from the documents that applications write
--
-- jsonb becomes a chart by an implicit cast, so that a column of documents can
-- be compared as it is; JSON text is read by the same rules.  What a document
-- says of a chart is understood or refused; the rest of it is left alone.
--
\set VERBOSITY default

--
-- Documents of applications: the same person, born when they say
--
CREATE TABLE document (application text, body text);

-- kerykeion, subject.model_dump_json(): bodies and houses beside the person,
-- null for what was not computed
INSERT INTO document VALUES ('kerykeion', '{
  "name": "John Lennon", "city": "Liverpool", "nation": "GB", "lng": -2.9916, "lat": 53.4084,
  "tz_str": "Europe/London", "julian_day": 2429912.2291667, "zodiac_type": "Tropical",
  "sidereal_mode": null, "houses_system_identifier": "P", "ayanamsa_value": null,
  "sun": {"name": "Sun", "quality": "Cardinal", "element": "Air", "sign": "Lib", "sign_num": 6,
          "position": 16.267893900000018, "abs_pos": 196.2678939, "emoji": "♎️",
          "point_type": "AstrologicalPoint", "house": "Sixth_House", "retrograde": false,
          "speed": 0.988481, "declination": -6.3988857},
  "moon": {"name": "Moon", "sign": "Aqu", "sign_num": 10, "position": 3.5466256, "abs_pos": 303.5466256,
           "retrograde": false, "speed": 12.5290939, "declination": null},
  "true_north_lunar_node": {"name": "True_North_Lunar_Node", "sign": "Lib", "sign_num": 6,
                            "position": 11.024247, "abs_pos": 191.024247},
  "medium_coeli": {"name": "Medium_Coeli", "sign": "Cap", "position": 7.0584110, "abs_pos": 277.058411},
  "chiron": null, "vertex": null,
  "first_house": {"name": "First_House", "sign": "Ari", "position": 19.7111278, "abs_pos": 19.7111278},
  "second_house": {"name": "Second_House", "abs_pos": 59.519861},
  "third_house": {"name": "Third_House", "abs_pos": 80.22482},
  "fourth_house": {"name": "Fourth_House", "abs_pos": 97.058411},
  "fifth_house": {"name": "Fifth_House", "abs_pos": 115.3002147},
  "sixth_house": {"name": "Sixth_House", "abs_pos": 142.0860024},
  "seventh_house": {"name": "Seventh_House", "abs_pos": 199.7111278},
  "eighth_house": {"name": "Eighth_House", "abs_pos": 239.519861},
  "ninth_house": {"name": "Ninth_House", "abs_pos": 260.22482},
  "tenth_house": {"name": "Tenth_House", "abs_pos": 277.058411},
  "eleventh_house": {"name": "Eleventh_House", "abs_pos": 295.3002147},
  "twelfth_house": {"name": "Twelfth_House", "abs_pos": 322.0860024},
  "houses_names_list": ["First_House", "Second_House"], "active_points": ["Sun", "Moon"],
  "lunar_phase": {"degrees_between_s_m": 107.27, "moon_phase": 9}, "is_diurnal": false}');

-- the Astrologer API: the same in an envelope
INSERT INTO document VALUES ('astrologer-api', '{
  "status": "OK",
  "chart_data": {
    "chart_type": "Natal",
    "subject": {"name": "John Lennon", "lng": -2.9916, "lat": 53.4084,
                "sun": {"name": "Sun", "sign": "Lib", "position": 16.2678939, "abs_pos": 196.2678939},
                "mean_lilith": {"name": "Mean_Lilith", "sign": "Ari", "position": 13.3722834, "abs_pos": 13.3722834}},
    "aspects": [{"p1_name": "Sun", "p1_abs_pos": 196.2678939, "p2_name": "Moon", "aspect": "trine", "orbit": -12.72}],
    "element_distribution": {"fire": 4, "earth": 7, "air": 9, "water": 2}},
  "chart": null}');

-- immanuel, json.dumps(natal, cls=ToJSON): objects and houses under numbers,
-- each angle an object with the raw number
INSERT INTO document VALUES ('immanuel', '{
  "native": {"date_time": {"julian": 2429912.229}, "coordinates": {"latitude": {"raw": 53.4084}, "longitude": {"raw": -2.9916}}},
  "house_system": "Placidus", "diurnal": false,
  "objects": {
    "4000001": {"index": 4000001, "name": "Sun", "type": {"index": 4000000, "name": "Planet"},
                "latitude": {"raw": 0.0001, "formatted": "00°00''00\""},
                "longitude": {"raw": 196.2678939, "formatted": "196°16''04\"", "degrees": 196, "minutes": 16, "seconds": 4},
                "sign_longitude": {"raw": 16.2678939, "formatted": "16°16''04\"", "degrees": 16, "minutes": 16, "seconds": 4},
                "sign": {"number": 7, "name": "Libra", "element": "Air", "modality": "Cardinal"},
                "house": {"index": 2000006, "number": 6, "name": "6th House"},
                "speed": 0.988481, "declination": {"raw": -6.3988857}, "score": -4},
    "3000001": {"index": 3000001, "name": "Asc", "longitude": {"raw": 19.7111278}, "speed": 481.2},
    "5000003": {"index": 5000003, "name": "True North Node", "longitude": {"raw": 191.024247}}},
  "houses": {
    "2000001": {"index": 2000001, "number": 1, "name": "1st House", "longitude": {"raw": 19.7111278}, "size": 39.8},
    "2000002": {"number": 2, "longitude": {"raw": 59.519861}}, "2000003": {"number": 3, "longitude": {"raw": 80.22482}},
    "2000004": {"number": 4, "longitude": {"raw": 97.058411}}, "2000005": {"number": 5, "longitude": {"raw": 115.3002147}},
    "2000006": {"number": 6, "longitude": {"raw": 142.0860024}}, "2000007": {"number": 7, "longitude": {"raw": 199.7111278}},
    "2000008": {"number": 8, "longitude": {"raw": 239.519861}}, "2000009": {"number": 9, "longitude": {"raw": 260.22482}},
    "2000010": {"number": 10, "longitude": {"raw": 277.058411}}, "2000011": {"number": 11, "longitude": {"raw": 295.3002147}},
    "2000012": {"number": 12, "longitude": {"raw": 322.0860024}}},
  "aspects": {"4000001": {"4000002": {"active": 4000002, "passive": 4000001, "type": "Trine", "orb": 10.0}}},
  "weightings": {"elements": {"fire": [], "earth": [4000006]}}}');

-- flatlib's objects: id, lon, lonspeed
INSERT INTO document VALUES ('flatlib', '{
  "objects": [{"id": "Sun", "type": "Planet", "lon": 196.2678939, "lat": 0.0001, "sign": "Libra", "signlon": 16.2678939, "lonspeed": 0.988481},
              {"id": "North Node", "type": "Generic", "lon": 191.024247, "lonspeed": 0.0059308}],
  "angles": [{"id": "Asc", "lon": 19.7111278}, {"id": "MC", "lon": 277.058411}]}');

-- CircularNatalHoroscopeJS: positions wrapped twice, the horizon beside them;
-- JSON.stringify() shows the underscores of its private names
INSERT INTO document VALUES ('circular', '{
  "_ascendant": {"key": "ascendant", "label": "Ascendant", "Sign": {"key": "aries", "label": "Aries"},
                 "ChartPosition": {"Horizon": {"DecimalDegrees": 0}, "Ecliptic": {"DecimalDegrees": 19.7111278}}},
  "_sunSign": {"key": "libra", "label": "Libra", "ZodiacStart": 180, "ZodiacEnd": 210},
  "_zodiacCusps": [{"ChartPosition": {"Ecliptic": {"DecimalDegrees": 0}}, "Sign": {"key": "aries"}}],
  "_celestialBodies": {
    "all": [{"key": "sun", "label": "Sun", "ChartPosition": {"Ecliptic": {"DecimalDegrees": 196.2678939}}}],
    "sun": {"key": "sun", "label": "Sun", "Sign": {"key": "libra", "label": "Libra"},
            "ChartPosition": {"Horizon": {"DecimalDegrees": 183.44},
                              "Ecliptic": {"ArcDegrees": {"degrees": 196, "minutes": 16, "seconds": 4},
                                           "ArcDegreesFormatted30": "16° 16'' 4''''", "DecimalDegrees": 196.2678939}},
            "isRetrograde": false}},
  "_celestialPoints": {"northnode": {"key": "northnode", "ChartPosition": {"Ecliptic": {"DecimalDegrees": 190.5826759}}}},
  "_houses": [{"id": 1, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 19.7111278}},
                                          "EndPosition": {"Ecliptic": {"DecimalDegrees": 59.519861}}}},
              {"id": 2, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 59.519861}}}},
              {"id": 3, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 80.22482}}}},
              {"id": 4, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 97.058411}}}},
              {"id": 5, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 115.3002147}}}},
              {"id": 6, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 142.0860024}}}},
              {"id": 7, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 199.7111278}}}},
              {"id": 8, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 239.519861}}}},
              {"id": 9, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 260.22482}}}},
              {"id": 10, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 277.058411}}}},
              {"id": 11, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 295.3002147}}}},
              {"id": 12, "ChartPosition": {"StartPosition": {"Ecliptic": {"DecimalDegrees": 322.0860024}}}}],
  "_aspects": {"all": []}}');

-- AstroChart: a longitude in brackets, perhaps with a speed
INSERT INTO document VALUES ('AstroChart', '{
  "planets": {"Sun": [196.27], "Moon": [303.55, 12.53], "NNode": [191.02], "Lilith": [13.37]},
  "cusps": [19.71, 59.52, 80.22, 97.06, 115.3, 142.09, 199.71, 239.52, 260.22, 277.06, 295.3, 322.09]}');

-- AstrologyChart2: an angle, if nothing else
INSERT INTO document VALUES ('AstrologyChart2', '{
  "points": [{"name": "Sun", "angle": 196.27, "sign": "Libra"}, {"name": "Mercury", "angle": 218.56, "isRetrograde": false}],
  "cusps": [{"angle": 19.71}, {"angle": 59.52}, {"angle": 80.22}, {"angle": 97.06}, {"angle": 115.3}, {"angle": 142.09},
            {"angle": 199.71}, {"angle": 239.52}, {"angle": 260.22}, {"angle": 277.06}, {"angle": 295.3}, {"angle": 322.09}]}');

-- astrologyapi.com, western_horoscope: numbers of signs from 1, houses whose
-- "degree" is the longitude, truth as text
INSERT INTO document VALUES ('astrologyapi', '{
  "planets": [{"name": "Sun", "full_degree": 196.2679, "norm_degree": 16.2679, "speed": 0.988, "is_retro": "false", "sign_id": 7, "sign": "Libra", "house": 6},
              {"name": "Node", "full_degree": 191.0242, "norm_degree": 11.0242, "speed": 0.006, "is_retro": "false", "sign_id": 7, "sign": "Libra", "house": 6},
              {"name": "Part of Fortune", "full_degree": 272.4, "norm_degree": 2.4, "speed": 0, "sign": "Capricorn", "house": 9}],
  "houses": [{"house": 1, "sign": "Aries", "degree": 19.71113}, {"house": 2, "sign": "Taurus", "degree": 59.51986},
             {"house": 3, "sign": "Gemini", "degree": 80.22482}, {"house": 4, "sign": "Cancer", "degree": 97.05841},
             {"house": 5, "sign": "Cancer", "degree": 115.30021}, {"house": 6, "sign": "Leo", "degree": 142.086},
             {"house": 7, "sign": "Libra", "degree": 199.71113}, {"house": 8, "sign": "Scorpio", "degree": 239.51986},
             {"house": 9, "sign": "Sagittarius", "degree": 260.22482}, {"house": 10, "sign": "Capricorn", "degree": 277.05841},
             {"house": 11, "sign": "Capricorn", "degree": 295.30021}, {"house": 12, "sign": "Aquarius", "degree": 322.086}],
  "ascendant": 19.7111278, "midheaven": 277.058411, "vertex": 185.1,
  "lilith": {"name": "Lilith", "full_degree": 13.3723, "norm_degree": 13.3723, "sign": "Aries", "house": 12},
  "aspects": [{"aspecting_planet": "Sun", "aspected_planet": "Moon", "type": "Trine", "orb": 12.72, "diff": 107.28}]}');

-- the same service, western_chart_data: the bodies stand in their houses
INSERT INTO document VALUES ('chart_data', '{
  "houses": [{"start_degree": 19.71113, "end_degree": 59.51986, "sign": "Aries", "house_id": 1,
              "planets": [{"name": "Jupiter", "sign": "Taurus", "full_degree": 43.6919, "is_retro": "true"},
                          {"name": "Saturn", "sign": "Taurus", "full_degree": 43.215, "is_retro": "true"}]},
             {"start_degree": 59.51986, "house_id": 2, "planets": []}, {"start_degree": 80.22482, "house_id": 3},
             {"start_degree": 97.05841, "house_id": 4}, {"start_degree": 115.30021, "house_id": 5},
             {"start_degree": 142.086, "house_id": 6}, {"start_degree": 199.71113, "house_id": 7},
             {"start_degree": 239.51986, "house_id": 8}, {"start_degree": 260.22482, "house_id": 9},
             {"start_degree": 277.05841, "house_id": 10}, {"start_degree": 295.30021, "house_id": 11},
             {"start_degree": 322.086, "house_id": 12}]}');

-- freeastrologyapi.com: names within languages, or under numbers
INSERT INTO document VALUES ('freeastrology', '{
  "statusCode": 200, "input": {"year": 1940, "month": 10, "latitude": 53.4084, "longitude": -2.9916, "timezone": 1},
  "output": [{"planet": {"en": "Sun"}, "fullDegree": 196.2678939, "normDegree": 16.2678939, "isRetro": "False",
              "zodiac_sign": {"number": 7, "name": {"en": "Libra"}}},
             {"planet": {"en": "Ascendant"}, "fullDegree": 19.7111278, "normDegree": 19.7111278, "isRetro": "False"},
             {"0": {"name": "Moon", "fullDegree": 303.5466256, "normDegree": 3.5466256, "current_sign": 11}}]}');

-- by hand, out of a book
INSERT INTO document VALUES ('by hand', '{
  "birthData": {"latitude": 53.4084, "longitude": -2.9916},
  "Sun": "16°16'' Lib", "moon": "3°32''48\" Aqu", "True Node": {"sign": "Libra", "degree": 11, "minute": 1},
  "asc": "19 Ari 43", "mc": {"sign": "♑", "position": "7°03''30\""}}');

-- Every document is one chart, whether it comes as jsonb or as text.
SELECT application, body::jsonb::chart, body::jsonb::chart = body::chart AS same
FROM document;

-- Functions that take charts take documents.
SELECT longitude(body::jsonb, 'sun') FROM document WHERE application = 'immanuel';

-- Nothing in them is refused, and nothing is passed over that might matter.
SELECT application, p.* FROM document, chart_problems(body::jsonb) p;
DROP TABLE document;

--
-- Names
--

-- any case, spaces, hyphens, underscores, camel case; aliases
SELECT jsonb '{"SUN": 1, "trueNode": 2, "black-moon lilith": 3, "Part of Fortune": 4, "ac": 5, "Cor Leonis": 6}'::chart;

-- arrays of objects call a body by any of these keys
SELECT jsonb '[{"name": "Sun", "lon": 1}, {"body": "moon", "lon": 2}, {"planet": "Mars", "lon": 3}, {"point": "ASC", "lon": 4},
               {"key": "venus", "lon": 5}, {"id": "Pluto", "lon": 6}, {"id": 17, "planet_name": "Chiron", "lon": 7},
               {"id": "moon", "name": "Luna", "lon": 2}]'::chart;

-- so do objects under keys of no meaning
SELECT jsonb '{"a": {"name": "Sun", "lon": 1}, "b": {"name": "Moon"}}'::chart;

-- ten numbers are the ten planets
SELECT jsonb '[196.27, 303.55, 218.56, 153.22, 182.66, 43.69, null, "55.55", 176.03, -235.81]'::chart;
SELECT jsonb '{"planets": [null, null, null, null, null, null, null, null, null, null]}'::chart;
SELECT jsonb '[1, 2, 3]'::chart;
\echo :SQLSTATE

-- what holds nothing is an empty chart
SELECT jsonb '{}'::chart, jsonb '[]'::chart, jsonb '{"planets": {}}'::chart, jsonb '{"sun": null}'::chart;

--
-- Positions
--

-- a longitude of any size is folded; numbers may be strings; the digits that
-- were written decide, by every way in
SELECT jsonb '{"sun": 196.27, "moon": "196.27", "mars": -163.73, "venus": 556.27, "pluto": 1.9627e2}'::chart;
SELECT jsonb '{"sun": 196.27}'::chart = '{"sun": 196.27}'::chart AND jsonb '{"sun": 196.27}'::chart = '{196.27,null,null,null,null,null,null,null,null,null}'::chart AS same;

-- degrees, minutes and seconds, with the sign in front, behind or between
SELECT b.body, b.longitude FROM bodies(jsonb
  '{"sun": "16°16'' Lib", "moon": "16°16''04\" Libra", "mercury": "Lib 16°16''", "venus": "16 Lib 16",
    "mars": "16.2678 Libra", "jupiter": "16♎16′04″", "saturn": "♎︎ 16º16’", "uranus": "16d16m LI",
    "neptune": "16°16'' Lib R", "pluto": "16:16:04 libra", "chiron": "Libra, 16° 16''4''''", "vertex": "196°16''"}') b;

-- all signs, by three letters, by two and by their glyphs
SELECT b.longitude FROM bodies(jsonb '["1 ari", "1 tau", "1 gem", "1 can", "1 leo", "1 vir", "1 lib", "1 sco", "1 sag", "1 cap"]') b;
SELECT b.longitude FROM bodies(jsonb '["1 Ar", "1 Ta", "1 Ge", "1 Cn", "1 Le", "1 Vi", "1 Li", "1 Sc", "1 Sg", "1 Cp"]') b;
SELECT b.longitude FROM bodies(jsonb '["1♈", "1♉", "1♊", "1♋", "1♌", "1♍", "1♎", "1♏", "1♐", "1♑"]') b;
SELECT b.longitude FROM bodies(jsonb '["1 Aquarius", "1 Aq", "1♒", "1 Pisces", "1 pi", "1♓", null, null, null, null]') b;

-- objects: a longitude, or a sign and degrees
SELECT b.body, b.longitude, b.speed, b.declination FROM bodies(jsonb
  '{"sun": {"abs_pos": 196.27}, "moon": {"Absolute Position": "196.27"}, "mercury": {"ecliptic_longitude": {"raw": 196.27}},
    "venus": {"fullDegree": 196.27, "dailyMotion": "1.13"}, "mars": {"sign": "Lib", "degree": 16.27, "lon_speed": 0.64},
    "jupiter": {"sign": {"name": "Libra"}, "degrees": 16, "minutes": 16, "seconds": 12}, "saturn": {"sign_num": 6, "position": 16.27},
    "uranus": {"sign": "Libra", "degree": "16°16''12\""}, "neptune": {"position": {"sign": "Lib", "position": {"degree": 16, "arcminute": 16}}},
    "pluto": {"longitude": 196.27, "speed": null, "decl": "-6°23''56\"", "retrograde": true}}') b;

-- null, for all of it or for its longitude, is not known
SELECT jsonb '{"sun": null, "moon": {"abs_pos": null, "speed": 12.5}, "mars": {"sign": "Libra", "degree": null}, "venus": 1}'::chart;

-- The longitude counts where there is a sign as well; shown values may be
-- rounded or cut off, but they must not contradict it.
SELECT jsonb '{"sun": {"longitude": 196.2678939, "sign": "Libra", "degree": 16, "minute": 16}, "moon": {"longitude": 196.2678939, "sign": "Lib", "degree": 16.3},
               "mars": {"fullDegree": 329.9999, "sign": "Aquarius", "degree": 30}, "pluto": {"fullDegree": 42.5, "sign": "Steinbock", "degree": 12.5}}'::chart;
SELECT jsonb '{"sun": {"abs_pos": 196.2678, "sign": "Libra", "position": 16.2989}}'::chart;
SELECT jsonb '{"sun": {"abs_pos": 196.27, "sign": "Scorpio", "position": 16.27}}'::chart;
SELECT jsonb '{"sun": {"abs_pos": 196.27, "longitude": 169.27}}'::chart;
\echo :SQLSTATE

-- what is no position, or out of range, is an error
SELECT jsonb '{"sun": "Libra"}'::chart;
SELECT jsonb '{"sun": "196,27"}'::chart;
SELECT jsonb '{"sun": true}'::chart;
SELECT jsonb '{"sun": [1, 2, 3]}'::chart;
SELECT jsonb '{"sun": {}}'::chart;
SELECT jsonb '{"sun": {"sign": "Libra", "house": 6}}'::chart;
SELECT jsonb '{"sun": {"sign": 7, "degree": 16.27}}'::chart;
SELECT jsonb '{"sun": {"degree": 16.27}}'::chart;
SELECT jsonb '{"sun": "30 Lib"}'::chart;
SELECT jsonb '{"sun": {"sign": "Lib", "degree": -1}}'::chart;
SELECT jsonb '{"sun": "16°60'' Lib"}'::chart;
SELECT jsonb '{"sun": {"sign": "Lib", "degree": 16, "minute": 16, "second": 60}}'::chart;
\echo :SQLSTATE
SELECT jsonb '{"sun": "NaN"}'::chart;
SELECT jsonb '{"sun": {"lon": "-Infinity"}}'::chart;
SELECT jsonb '{"sun": 1e999}'::chart;
SELECT jsonb '{"sun": {"lon": 1, "speed": "fast"}}'::chart;
SELECT jsonb '{"sun": {"lon": 1, "speed": 1e9}}'::chart;
SELECT jsonb '{"sun": {"lon": 1, "declination": 91}}'::chart;

--
-- The same body twice: equal values merge, different ones are an error
--
SELECT jsonb '{"sun": 196.27, "planets": {"Sun": {"lon": 196.27, "speed": 0.99}}}'::chart;
SELECT jsonb '{"sun": 196.27, "planets": {"Sun": 16.27}}'::chart;
\echo :SQLSTATE

-- jsonb keeps the last of equal keys before anybody can look; text does not
SELECT jsonb '{"sun": 196.27, "sun": 16.27}'::chart;
SELECT '{"sun": 196.27, "sun": 16.27}'::chart;
SELECT '{"sun": 196.27, "sun": 196.27}'::chart;

--
-- Cusps
--
SELECT cusps(jsonb '{"houses": [10, 40, 70, 100, "10 Leo", {"abs_pos": 160}, 190, 220, 250, 280, 310, 340]}');
SELECT cusps(jsonb '{"houses": {"1": 10, "2": 40, "3": 70, "4": 100, "5": 130, "6": 160, "7": 190, "8": 220, "9": 250, "10": 280, "11": 310, "12": 340}}');
SELECT cusps(jsonb '{"house_1": 10, "house_2": 40, "house_3": 70, "house_4": 100, "house_5": 130, "house_6": 160,
                     "house_7": 190, "house_8": 220, "house_9": 250, "house_10": 280, "house_11": 310, "house_12": 340}');

-- by number, whatever the order
SELECT cusps(jsonb '{"houses": {"system": "Equal", "cusps": [
  {"house": 12, "lon": 340}, {"house": 11, "lon": 310}, {"house": 10, "lon": 280}, {"house": 9, "lon": 250},
  {"house": 8, "lon": 220}, {"house": 7, "lon": 190}, {"house": 6, "lon": 160}, {"house": 5, "lon": 130},
  {"house": 4, "lon": 100}, {"house": 3, "lon": 70}, {"house": 2, "lon": 40}, {"house": 1, "lon": 10}]}}');

-- none
SELECT jsonb '{"sun": 1, "cusps": null}'::chart, jsonb '{"sun": 1, "houses": []}'::chart, jsonb '{"sun": 1, "first_house": null}'::chart;

-- what is no list of cusps, whatever it is called
SELECT jsonb '{"sun": 1, "houses": "Placidus"}'::chart, jsonb '{"sun": 1, "houses": {"sun": 6, "moon": 10}}'::chart,
       jsonb '{"sun": 1, "houses": ["First_House", "Second_House"]}'::chart, jsonb '{"sun": 1, "houses": {"1": "Aries", "2": "Taurus"}}'::chart;

-- all twelve, and each once
SELECT jsonb '{"cusps": [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300]}'::chart;
SELECT jsonb '{"cusps": [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, null]}'::chart;
SELECT jsonb '{"cusps": [0, 0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]}'::chart;
SELECT jsonb '{"cusps": [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, "NaN"]}'::chart;
SELECT jsonb '{"cusps": [{"house": 1, "lon": 0}, {"house": 1, "lon": 30}]}'::chart;
SELECT jsonb '{"first_house": {"abs_pos": 19.71}, "second_house": {"abs_pos": 59.52}}'::chart;
\echo :SQLSTATE
SELECT jsonb '{"cusps": [0, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330], "houses": [1, 30, 60, 90, 120, 150, 180, 210, 240, 270, 300, 330]}'::chart;

--
-- Uncertainty of the birth time, in seconds
--
SELECT jsonb '{"sun": 1, "uncertainty": 3600}'::chart, jsonb '{"sun": 1, "uncertainty": 0}'::chart, jsonb '{"sun": 1, "uncertainty": null}'::chart;
SELECT jsonb '{"sun": 1, "uncertainty": 0.5}'::chart;
SELECT jsonb '{"sun": 1, "uncertainty": 31557601}'::chart;
SELECT jsonb '{"sun": 1, "uncertainty": "an hour"}'::chart;
\echo :SQLSTATE

--
-- Keys that are not known
--

-- what looks like a position may be a body with its name misspelt
SELECT jsonb '{"venuss": 153.22}'::chart;
\echo :SQLSTATE
SELECT jsonb '{"planets": {"mercry": "218.56"}}'::chart;
SELECT jsonb '{"plannets": {"sun": 1}, "jupitter": "13°41'' Tau"}'::chart;
SELECT jsonb '{"satrun": {"sign": "Tau", "degree": 13}}'::chart;
SELECT jsonb '{"4000011": {"name": "Nibiru", "longitude": {"raw": 12.3}}}'::chart;
SELECT jsonb '[{"name": "Transpluto", "lon": 151}]'::chart;
SELECT jsonb '{"neptun": [176.03]}'::chart;

-- what does not, is no matter of ours; nor are who, where and when
SELECT jsonb '{"sun": 1, "mood": "good", "flag": true, "nothing": null, "ratio": 1000, "list": ["a", "b"], "object": {"a": {"b": 1}},
               "id": 7, "user_id": 8, "age": 40, "year": 300, "hour": 12, "lat": 53.4, "lng": -2.99, "longitude": -2.99, "tz": 1,
               "birth_hour": 17, "birthLongitude": -2.99, "ayanamsha": 24.1, "score": 85, "phone": "123", "house": 6,
               "location": {"lat": 53.4, "longitude": -2.99}, "coordinates": [53.4, -2.99], "mother": {"city": "Liverpool", "longitude": -2.99},
               "aspects": [{"name": "Sun", "longitude": 5}], "moon_phase": {"sign": "Leo", "degree": 5}}'::chart;

-- a document without any position is hardly a chart
SELECT jsonb '{"name": "John Lennon", "first_subject": {"sun": 1}, "second_subject": {"sun": 2}}'::chart;
\echo :SQLSTATE
SELECT jsonb '"sun"'::chart;
SELECT jsonb 'null'::chart;

--
-- Limits
--
SELECT (SELECT jsonb_object_agg(body, id) FROM (SELECT * FROM synastry_bodies() ORDER BY id LIMIT 129) b)::chart;
\echo :SQLSTATE
SELECT (repeat('{"data": ', 16) || '{"sun": 1}' || repeat('}', 16))::jsonb::chart;
SELECT (repeat('{"data": ', 17) || '{"sun": 1}' || repeat('}', 17))::jsonb::chart;
\echo :SQLSTATE
SELECT jsonb_build_object('sun', 1, 'list', (SELECT jsonb_agg(i) FROM generate_series(1, 300000) i))::chart;
\echo :SQLSTATE
SELECT ('{"sun": 1, "list": [0' || repeat(',0', 300000) || ']}')::chart;
SELECT length(jsonb_build_object('sun', 1, 'comment', repeat('x', 1000000))::chart::text);

--
-- Text that is not JSON
--
SELECT '{"sun": 196.27,}'::chart;
\echo :SQLSTATE
SELECT '{"sun": 196.27'::chart;
SELECT '[{"name": "sun", "lon": 1}'::chart;

--
-- chart_problems() says beforehand what would be ignored or refused, where, and
-- what might be meant.  It reads on where the cast gives up.
--
SELECT * FROM chart_problems('{
  "name": "John Lennon", "lat": 53.4084,
  "sun": {"abs_pos": 196.27, "sign": "Scorpio", "position": 16.27},
  "planets": {"moon": "303.55", "Sun": 196.27, "sol": "16 Lib", "mars": "NaN", "Dark Moon": 12},
  "points": [{"name": "Chiron", "lon": 120.57}, {"name": "chiron", "lon": 120.58}, {"name": "Chyron", "lon": 1}, "vertex"],
  "cusps": [1, 2, 3], "houses": "Placidus", "first_house": 19.71,
  "uncertainty": -1, "mooon": {"comment": "none"}, "transits": {"sun": 1}}');

-- a good document has no problems
SELECT * FROM chart_problems('{"name": "John Lennon", "sun": 196.27, "moon": null, "aspects": [], "cusps": null}');

-- it never fails
SELECT * FROM chart_problems('{"name": "John Lennon"}');
SELECT * FROM chart_problems('{"planets": [{"en": "Sun"}, 1, [2, 3]], "data": "none", "x": {"name": "Ω", "lon": 1}, "a\"b": "1 Leo"}');
SELECT * FROM chart_problems('[1, 2, "x"]');
SELECT * FROM chart_problems('[1, 2, 3, 4, "x", 6, 7, 8, true, 10]');
SELECT * FROM chart_problems('"sun"');
SELECT * FROM chart_problems('null');
SELECT * FROM chart_problems(NULL);
SELECT * FROM chart_problems((SELECT jsonb_object_agg(body, id) FROM (SELECT * FROM synastry_bodies() ORDER BY id LIMIT 129) b));
SELECT path, problem FROM chart_problems((repeat('{"data": ', 17) || '{"sun": 1}' || repeat('}', 17))::jsonb);
SELECT * FROM chart_problems(jsonb_build_object('sun', 1, 'list', (SELECT jsonb_agg(i) FROM generate_series(1, 300000) i)));
