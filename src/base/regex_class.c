/* SPDX-License-Identifier: Apache-2.0 */
/* Sets with letters are written as ranges, so that (?i) means the same to PCRE2 as to Go. */
#include "base/regex_class.h"

#include "base/macro.h"
#include "base/utf8.h"

char heir_regex_peek(const struct heir_regex_class_reader *in, size_t ahead)
{
	return in->at + ahead < in->text.len ? in->text.p[in->at + ahead] : '\0';
}

static bool refuse_class(struct heir_regex_class_reader *in, const char *why)
{
	in->fault = why;
	return false;
}

static bool is_alnum(uint32_t c)
{
	return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool heir_regex_is_word(char c)
{
	return is_alnum((uint8_t)c) || c == '_';
}

bool heir_regex_next(struct heir_regex_class_reader *in, uint32_t *ret)
{
	struct heir_str rest = {in->text.p + in->at, in->text.len - in->at};
	size_t n = rest.len > 0 ? heir_utf8_decode(rest, ret) : 0;

	if (n == 0)
		return refuse_class(in, "it is not UTF-8");
	in->at += n;
	return true;
}

void heir_regex_write_char(struct heir_buf *out, uint32_t c)
{
	if (is_alnum(c))
		heir_buf_addc(out, (char)c);
	else
		heir_buf_printf(out, "\\x{%x}", (unsigned)c);
}

static void write_range(struct heir_buf *out, uint32_t from, uint32_t to)
{
	heir_regex_write_char(out, from);
	heir_buf_addc(out, '-');
	heir_regex_write_char(out, to);
}

/* Reads \xHH or \x{H...}; `at` is after the x. */
static bool read_hex(struct heir_regex_class_reader *in, uint32_t *ret)
{
	bool braces = heir_regex_peek(in, 0) == '{';
	size_t n = 0;

	*ret = 0;
	in->at += braces;
	for (; in->at < in->text.len && (braces || n < 2); in->at++, n++) {
		unsigned digit = heir_ascii_digit(in->text.p[in->at]);

		if (digit >= 16)
			break;
		*ret = *ret * 16 + digit;
		if (*ret > 0x10ffff)
			return false;
	}
	if (!braces)
		return n == 2;
	in->at++;
	return n > 0 && in->at <= in->text.len && in->text.p[in->at - 1] == '}';
}

/* Reads up to three octal digits, of which the first was read. */
static uint32_t read_octal(struct heir_regex_class_reader *in, uint32_t c)
{
	c -= '0';
	for (int i = 1; i < 3; i++) {
		char digit = heir_regex_peek(in, 0);

		if (digit < '0' || digit > '7')
			break;
		c = c * 8 + (uint32_t)(digit - '0');
		in->at++;
	}
	return c;
}

bool heir_regex_read_escape(struct heir_regex_class_reader *in, uint32_t *ret)
{
	static const char letters[] = "afnrtv", controls[] = "\a\f\n\r\t\v";
	const char *found;
	uint32_t c;
	char next;

	in->at++;
	if (in->at >= in->text.len)
		return refuse_class(in, "it ends in a '\\'");
	if (!heir_regex_next(in, &c))
		return false;
	next = heir_regex_peek(in, 0);
	*ret = c;
	if (c < 0x80 && !is_alnum(c))
		return true;
	if (c == '0' || (c >= '1' && c <= '7' && next >= '0' && next <= '7')) {
		*ret = read_octal(in, c);
		return true;
	}
	if (c == 'x' && read_hex(in, ret))
		return true;
	found = c < 0x80 ? strchr(letters, (int)c) : NULL;
	if (!found)
		return refuse_class(in, "it has an escape that RE2 does not know");
	*ret = (uint32_t)controls[found - letters];
	return true;
}

/* ---- Classes ---- */

/* Pairs of first and last. The list ends with a pair whose first is greater than its last. */
struct ranges {
	const char *name;
	const char *pairs;
	bool has_letters;
};

static const struct ranges posix[] = {
	{"alnum", "09AZaz", true},
	{"alpha", "AZaz", true},
	{"ascii", NULL, true},
	{"blank", "\t\t  ", false},
	{"cntrl", NULL, false},
	{"digit", "09", false},
	{"graph", "!~", true},
	{"lower", "az", true},
	{"print", " ~", true},
	{"punct", "!/:@[`{~", false},
	{"space", "\t\r  ", false},
	{"upper", "AZ", true},
	{"word", "09AZaz__", true},
	{"xdigit", "09AFaf", true},
};

static void write_ranges(struct heir_buf *out, const struct ranges *ranges)
{
	if (heir_str_eqz(HEIR_STR("ascii"), ranges->name)) {
		write_range(out, 0, 0x7f);
	} else if (heir_str_eqz(HEIR_STR("cntrl"), ranges->name)) {
		write_range(out, 0, 0x1f);
		heir_regex_write_char(out, 0x7f);
	} else {
		for (const char *p = ranges->pairs; *p; p += 2)
			write_range(out, (uint8_t)p[0], (uint8_t)p[1]);
	}
}

bool heir_regex_is_class(const struct heir_regex_class_reader *in)
{
	char c = heir_regex_peek(in, 1);

	return heir_regex_peek(in, 0) == '\\' && c != '\0' && strchr("dDsSwWpP", c);
}

/* Includes the general categories; those of one letter are unions of those with two. */
static const char categories[] = " Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No"
				 " P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs ";

static const char scripts[] =
	" Adlam Ahom Anatolian_Hieroglyphs Arabic Armenian Avestan Balinese Bamum Bassa_Vah Batak"
	" Bengali Bhaiksuki Bopomofo Brahmi Braille Buginese Buhid Canadian_Aboriginal Carian"
	" Caucasian_Albanian Chakma Cham Cherokee Chorasmian Common Coptic Cuneiform Cypriot"
	" Cypro_Minoan Cyrillic Deseret Devanagari Dives_Akuru Dogra Duployan Egyptian_Hieroglyphs"
	" Elbasan Elymaic Ethiopic Georgian Glagolitic Gothic Grantha Greek Gujarati Gunjala_Gondi"
	" Gurmukhi Han Hangul Hanifi_Rohingya Hanunoo Hatran Hebrew Hiragana Imperial_Aramaic"
	" Inherited Inscriptional_Pahlavi Inscriptional_Parthian Javanese Kaithi Kannada Katakana"
	" Kawi Kayah_Li Kharoshthi Khitan_Small_Script Khmer Khojki Khudawadi Lao Latin Lepcha "
	"Limbu"
	" Linear_A Linear_B Lisu Lycian Lydian Mahajani Makasar Malayalam Mandaic Manichaean "
	"Marchen"
	" Masaram_Gondi Medefaidrin Meetei_Mayek Mende_Kikakui Meroitic_Cursive "
	"Meroitic_Hieroglyphs"
	" Miao Modi Mongolian Mro Multani Myanmar Nabataean Nag_Mundari Nandinagari New_Tai_Lue "
	"Newa"
	" Nko Nushu Nyiakeng_Puachue_Hmong Ogham Ol_Chiki Old_Hungarian Old_Italic "
	"Old_North_Arabian"
	" Old_Permic Old_Persian Old_Sogdian Old_South_Arabian Old_Turkic Old_Uyghur Oriya Osage"
	" Osmanya Pahawh_Hmong Palmyrene Pau_Cin_Hau Phags_Pa Phoenician Psalter_Pahlavi Rejang"
	" Runic Samaritan Saurashtra Sharada Shavian Siddham SignWriting Sinhala Sogdian"
	" Sora_Sompeng Soyombo Sundanese Syloti_Nagri Syriac Tagalog Tagbanwa Tai_Le Tai_Tham"
	" Tai_Viet Takri Tamil Tangsa Tangut Telugu Thaana Thai Tibetan Tifinagh Tirhuta Toto"
	" Ugaritic Vai Vithkuqi Wancho Warang_Citi Yezidi Yi Zanabazar_Square ";

/* Returns whether the name, which must have no spaces, is one of the words. */
static bool is_word_of(const char *words, struct heir_str name)
{
	for (const char *p = words; (p = strchr(p, ' ')) && p[1]; p++)
		if (strncmp(p + 1, name.p, name.len) == 0 && p[name.len + 1] == ' ')
			return true;
	return false;
}

/* Writes \p inside brackets; outside, it gets its own. */
static void write_property(struct heir_regex_class_reader *in, struct heir_buf *out,
	struct heir_str name, bool negated)
{
	bool is_any = heir_str_eqz(name, "Any"), is_other = heir_str_eqz(name, "C");

	/* PCRE2 does not fold properties, and its C includes unassigned characters. */
	if ((in->flags & HEIR_REGEX_IGNORE_CASE) && !is_any)
		in->unsupported = "it has a \\p that ignores case";
	if (is_other && negated)
		in->unsupported = "it has a negated \\pC";
	if (!out)
		return;
	if (is_other)
		heir_buf_addz(out, "\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}");
	else
		heir_buf_printf(out, "\\%c{%s%.*s}", negated ? 'P' : 'p',
			is_word_of(categories, name) ? "" : "sc:", HEIR_STR_ARG(name));
}

/* Reads \p{Name}, \pN or \P. Only names that Go knows are accepted. */
static bool read_property(struct heir_regex_class_reader *in, struct heir_buf *out)
{
	bool negated = heir_regex_peek(in, 1) == 'P';
	struct heir_str name = {in->text.p + in->at + 2, 1};

	in->at += 3;
	if (in->at > in->text.len)
		return refuse_class(in, "it ends in a \\p");
	if (name.p[0] == '{') {
		const char *end = memchr(name.p, '}', in->text.len - in->at + 1);

		if (!end)
			return refuse_class(in, "it has a \\p{ without its '}'");
		name = (struct heir_str){name.p + 1, (size_t)(end - name.p) - 1};
		in->at = (size_t)(end - in->text.p) + 1;
		if (name.len > 0 && name.p[0] == '^') {
			negated = !negated;
			name = (struct heir_str){name.p + 1, name.len - 1};
		}
	}
	if (name.len == 0 || memchr(name.p, ' ', name.len) || memchr(name.p, '\0', name.len) ||
		(!is_word_of(categories, name) && !is_word_of(scripts, name)))
		return refuse_class(in, "it has a \\p whose name is not known");
	write_property(in, out, name, negated);
	return true;
}

/* Translates \d and the like, inside brackets. */
static bool read_perl(struct heir_regex_class_reader *in, struct heir_buf *out)
{
	char c = heir_regex_peek(in, 1);

	if (c == 'p' || c == 'P')
		return read_property(in, out);
	in->at += 2;
	if (c == 'W' && (in->flags & HEIR_REGEX_IGNORE_CASE))
		in->unsupported = "it has a \\W in brackets that ignores case";
	if (!out)
		return true;
	switch (c) {
	case 'd':
		heir_buf_addz(out, "0-9");
		break;
	case 'w':
		heir_buf_addz(out, "0-9A-Za-z\\x{5f}");
		break;
	case 's':
		heir_buf_addz(out, "\\x{9}\\x{a}\\x{c}\\x{d}\\x{20}");
		break;
	case 'S':
		/* \v is white space in PCRE2, but not in Go */
		heir_buf_addz(out, "\\S\\x{b}");
		break;
	default:
		heir_buf_addc(out, '\\');
		heir_buf_addc(out, c);
	}
	return true;
}

bool heir_regex_read_class(struct heir_regex_class_reader *in, struct heir_buf *out)
{
	char c = heir_regex_peek(in, 1);
	bool ok;

	if (out && (c == 'D' || c == 'W' || c == 'S')) {
		heir_buf_addz(out, c == 'D'   ? "[^0-9]"
				   : c == 'W' ? "[^0-9A-Za-z\\x{5f}]"
					      : "[^\\x{9}\\x{a}\\x{c}\\x{d}\\x{20}]");
		in->at += 2;
		return true;
	}
	if (out)
		heir_buf_addc(out, '[');
	ok = read_perl(in, out);
	if (out)
		heir_buf_addc(out, ']');
	return ok;
}

/* ---- Brackets ---- */

/* Returns the ":]" of a class that begins at "[:", or NULL if these are two plain characters. */
static const char *named_end(const struct heir_regex_class_reader *in)
{
	struct heir_str rest = {in->text.p + in->at, in->text.len - in->at};

	if (!heir_str_starts(rest, "[:"))
		return NULL;
	return memmem(rest.p + 2, rest.len - 2, ":]", 2);
}

/* Translates [:alpha:] or [:^alpha:]. */
static bool read_posix_class(
	struct heir_regex_class_reader *in, struct heir_buf *out, const char *end)
{
	struct heir_str name = {in->text.p + in->at + 2, 0};
	bool negated = *name.p == '^' && name.p < end;

	name.p += negated;
	name.len = (size_t)(end - name.p);
	in->at = (size_t)(end - in->text.p) + 2;
	for (size_t i = 0; i < ARRAY_LEN(posix); i++) {
		if (!heir_str_eqz(name, posix[i].name))
			continue;
		if (negated && posix[i].has_letters && (in->flags & HEIR_REGEX_IGNORE_CASE))
			in->unsupported = "it has a negated class in brackets that ignores case";
		if (out && negated)
			heir_buf_printf(out, "[:^%s:]", posix[i].name);
		else if (out)
			write_ranges(out, &posix[i]);
		return true;
	}
	return refuse_class(in, "it has a class of characters that is not known");
}

static bool read_member(struct heir_regex_class_reader *in, uint32_t *ret)
{
	if (in->at >= in->text.len)
		return refuse_class(in, "it has a '[' without its ']'");
	if (heir_regex_peek(in, 0) == '\\')
		return heir_regex_read_escape(in, ret);
	return heir_regex_next(in, ret);
}

static bool read_range(struct heir_regex_class_reader *in, struct heir_buf *out)
{
	uint32_t from, to;

	if (!read_member(in, &from))
		return false;
	to = from;
	if (heir_regex_peek(in, 0) == '-' && in->at + 1 < in->text.len &&
		heir_regex_peek(in, 1) != ']') {
		in->at++;
		if (!read_member(in, &to))
			return false;
	}
	if (to < from)
		return refuse_class(in, "it has a range that ends before it begins");
	if (out)
		write_range(out, from, to);
	return true;
}

bool heir_regex_read_brackets(struct heir_regex_class_reader *in, struct heir_buf *out)
{
	bool negated = heir_regex_peek(in, 1) == '^', ok = true;

	in->at += 1 + (size_t)negated;
	if (out)
		heir_buf_addz(out, negated ? "[^" : "[");
	for (bool first = true; ok && (first || heir_regex_peek(in, 0) != ']'); first = false) {
		const char *end = named_end(in);

		if (end)
			ok = read_posix_class(in, out, end);
		else if (heir_regex_is_class(in))
			ok = read_perl(in, out);
		else
			ok = read_range(in, out);
	}
	in->at += ok;
	if (out)
		heir_buf_addc(out, ']');
	return ok;
}
