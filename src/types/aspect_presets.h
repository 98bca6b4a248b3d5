/*
 * aspect_presets.h
 *		The presets of aspect sets: PRESET(name, set, source).
 *
 * Each is written in the grammar of aspect sets and is read by the same
 * reader.  A released preset never changes: stored values are expanded, but a
 * query text that names one must mean the same for ever.
 *
 * This file is included with PRESET defined, and has no include guard.
 */
PRESET("synastry",
	   "conjunction 6, opposition 6, trine 6, square 6, sextile 4",
	   "usual between two charts; the default")
PRESET("major",
	   "conjunction 8, opposition 8, trine 8, square 8, sextile 6",
	   "CosmicHub, synastry of its API")
PRESET("modern",
	   "conjunction 10, sextile 6, square 8, trine 8, opposition 10, quincunx 3, semisextile 2",
	   "CosmicHub, aspect matrix")
PRESET("cosmichub_composite",
	   "conjunction 8, sextile 6, square 8, trine 8, opposition 8",
	   "CosmicHub, composite charts")
PRESET("kerykeion",
	   "conjunction 10, sextile 6, quintile 1, square 5, trine 8, opposition 10; first",
	   "kerykeion 5, active by default")
PRESET("kerykeion_all",
	   "conjunction 10, semisextile 1, semisquare 1, sextile 6, quintile 1, square 5, trine 8, sesquiquadrate 1, biquintile 1, quincunx 1, opposition 10; first",
	   "kerykeion 5, all aspects")
PRESET("predictive",
	   "conjunction 3, sextile 3, square 3, trine 3, opposition 3",
	   "transits and returns: the five majors, tight")
PRESET("discepolo",
	   "conjunction 8, opposition 8, trine 7, square 5, sextile 4, semisextile 2, semisquare 2, sesquiquadrate 2",
	   "Ciro Discepolo, as kerykeion lists them")
PRESET("stellium",
	   "conjunction 6, opposition 6, trine 6, square 6, sextile 4",
	   "Stellium, synastry")
PRESET("stellium_all",
	   "conjunction 6, opposition 6, trine 6, square 6, sextile 4, quincunx 3, semisextile 2, semisquare 2, sesquiquadrate 2",
	   "Stellium, synastry with its minor aspects on")
PRESET("group",
	   "conjunction 8, opposition 8, trine 7, square 7, sextile 5, quincunx 3, semisextile 2, semisquare 2, sesquiquadrate 2",
	   "group-synastry")
PRESET("circular",
	   "conjunction 8, opposition 8, trine 8, square 7, sextile 6, quincunx 5, quintile 1, septile=51.5 1, semisquare 1, semisextile 1",
	   "CircularNatalHoroscopeJS")
PRESET("astrochart",
	   "conjunction 5, opposition 5, trine 4, square 4",
	   "AstroChart: the orbs that it applies, half of those that it writes")
PRESET("kerykeion6",
	   "conjunction 6, sextile 5, square 6, trine 6, opposition 6; luminaries +1.5; additions max; first",
	   "kerykeion 6, active by default; Sun and Moon add 1.5 once")
PRESET("kerykeion6_all",
	   "conjunction 6, semisextile 2, semisquare 2, sextile 5, quintile 2, square 6, trine 6, sesquiquadrate 2, biquintile 2, quincunx 2, opposition 6; luminaries +1.5; additions max; first",
	   "kerykeion 6, all aspects in longitude")
PRESET("immanuel",
	   "conjunction 1, opposition 1, square 1, trine 1, sextile 1, quincunx 1;" IMMANUEL_ORBS ";"
	   IMMANUEL_RULES("opposition, square, trine, sextile, quincunx"),
	   "immanuel-python: mean of both bodies; the faster one, by mean motion, starts the aspect")
PRESET("immanuel_all",
	   "conjunction 1, opposition 1, square 1, trine 1, sextile 1, septile 1, semisquare 1, sesquiquadrate 1, semisextile 1, quincunx 1, quintile 1, biquintile 1;"
	   IMMANUEL_ORBS ", planets (septile, semisquare, sesquiquadrate, semisextile) 3, planets (quintile, biquintile) 2,"
	   "angles (septile, semisquare, sesquiquadrate, semisextile) 3, angles (quintile, biquintile) 2;"
	   IMMANUEL_RULES("opposition, square, trine, sextile, septile, semisquare, sesquiquadrate, semisextile, quincunx, quintile, biquintile"),
	   "immanuel-python with every aspect that it has an orb for")
PRESET("flatlib",
	   "conjunction 0, sextile 0, square 0, trine 0, opposition 0, semisextile 3, decile 3, semisquare 3, quintile 3, tridecile 3, sesquiquadrate 3, biquintile 3, quincunx 3;"
	   FLATLIB_ORB("sun", "15") "," FLATLIB_ORB("moon", "12") "," FLATLIB_ORB("mercury", "7") ","
	   FLATLIB_ORB("venus", "7") "," FLATLIB_ORB("mars", "8") "," FLATLIB_ORB("jupiter", "9") ","
	   FLATLIB_ORB("saturn", "9") "," FLATLIB_ORB("outer", "5") "," FLATLIB_ORB("chiron", "5") ","
	   FLATLIB_ORB("nodes", "12") "; orbs max; first",
	   "flatlib: the larger orb of both bodies for the majors, 3 for the minors")
PRESET("lilly",
	   "conjunction 3, opposition 3, trine 3, square 3, sextile 3;"
	   "sun 15, moon 12, mercury 7, venus 7, mars 8, jupiter 9, saturn 9, uranus 6, neptune 6, pluto 5",
	   "William Lilly, Christian Astrology (1647), as Stellium has it: mean of both bodies")
PRESET("ptolemy",
	   "conjunction 3, opposition 3, trine 3, square 3, sextile 3;"
	   "sun 17, moon 12.5, mercury 7.5, venus 8, mars 7.5, jupiter 12, saturn 10, uranus 6, neptune 6, pluto 5",
	   "Ptolemy, as Stellium has it: mean of both bodies")
PRESET("astrolog",
	   "conjunction 7, opposition 7, square 7, trine 7, sextile 6;" ASTROLOG_ORBS,
	   "Astrolog 7.80, its five aspects: at most 2 for nodes, vertex and stars; Sun and Moon add 1")
PRESET("astrolog11",
	   "conjunction 7, opposition 7, square 7, trine 7, sextile 6, quincunx 3, semisextile 3, semisquare 3, sesquiquadrate 3, quintile 2, biquintile 2;" ASTROLOG_ORBS,
	   "Astrolog 7.80, the first eleven aspects")
PRESET("astrolog24",
	   "conjunction 7, opposition 7, square 7, trine 7, sextile 6, quincunx 3, semisextile 3, semisquare 3, sesquiquadrate 3, quintile 2, biquintile 2,"
	   "decile 1, septile 1, novile 1, binovile 1, biseptile 1, triseptile 1, quadnovile 1, tridecile 0.5, undecile 0.5, biundecile 0.5, triundecile 0.5, quadundecile 0.5, quinqueundecile 0.5;" ASTROLOG_ORBS,
	   "Astrolog 7.80, all 24 aspects")
PRESET("synastry_tight",
	   "conjunction 3, sextile 3, square 3, trine 3, opposition 3; luminaries (conjunction, opposition) 5; orbs max",
	   "astrologicalapi.com, synastry: 5 for a conjunction with or an opposition to Sun or Moon, else 3")
