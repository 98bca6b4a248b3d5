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
