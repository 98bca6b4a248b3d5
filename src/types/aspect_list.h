/*
 * aspect_list.h
 *		The registry of aspects: one line an aspect.
 *
 * ASPECT(id, name, numerator, denominator, nature, glyph, abbreviation, aliases)
 *
 * The exact angle is numerator / denominator degrees.  Append only, like the
 * registry of bodies: stored aspect sets hold the ids.
 *
 * This file is included with ASPECT defined, and has no include guard.
 */
ASPECT(0, "conjunction", 0, 1, NEUTRAL, "☌", "Con", "conj conjunct")
ASPECT(1, "opposition", 180, 1, CHALLENGING, "☍", "Opp", "opposite")
ASPECT(2, "trine", 120, 1, HARMONIOUS, "△", "Tri", "")
ASPECT(3, "square", 90, 1, CHALLENGING, "□", "Squ", "quartile quadrature")
ASPECT(4, "sextile", 60, 1, HARMONIOUS, "⚹", "Sex", "")
ASPECT(5, "quincunx", 150, 1, CHALLENGING, "⚻", "Inc", "inconjunct inconjunction")
ASPECT(6, "semisextile", 30, 1, HARMONIOUS, "⚺", "SSx", "")
ASPECT(7, "semisquare", 45, 1, CHALLENGING, "∠", "SSq", "octile")
ASPECT(8, "sesquiquadrate", 135, 1, CHALLENGING, "⚼", "Ses", "sesquisquare sesquare trioctile")
ASPECT(9, "quintile", 72, 1, HARMONIOUS, "Q", "Qui", "")
ASPECT(10, "biquintile", 144, 1, HARMONIOUS, "bQ", "BQn", "")
ASPECT(11, "decile", 36, 1, NEUTRAL, "d", "Dec", "semiquintile")
ASPECT(12, "tridecile", 108, 1, NEUTRAL, "td", "TDc", "sesquiquintile")
ASPECT(13, "septile", 360, 7, NEUTRAL, "S", "Sep", "")
ASPECT(14, "biseptile", 720, 7, NEUTRAL, "bS", "BSp", "")
ASPECT(15, "triseptile", 1080, 7, NEUTRAL, "tS", "TSp", "")
ASPECT(16, "novile", 40, 1, NEUTRAL, "N", "Nov", "nonile")
ASPECT(17, "binovile", 80, 1, NEUTRAL, "bN", "BNv", "binonile")
ASPECT(18, "quadnovile", 160, 1, NEUTRAL, "qN", "QNv", "quadranovile")
ASPECT(19, "undecile", 360, 11, NEUTRAL, "u", "Und", "")
ASPECT(20, "biundecile", 720, 11, NEUTRAL, "bu", "BUn", "")
ASPECT(21, "triundecile", 1080, 11, NEUTRAL, "tu", "TUn", "")
ASPECT(22, "quadundecile", 1440, 11, NEUTRAL, "qu", "QUn", "")
ASPECT(23, "quinqueundecile", 1800, 11, NEUTRAL, "qqu", "VUn", "")
ASPECT(24, "vigintile", 18, 1, NEUTRAL, "v", "Vig", "semidecile")
