package topology

import (
	"encoding/base64"
	"fmt"
	"net/url"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/plumbline/plumbline/internal/lang"
)

func armTextFunctions() map[string]armFunction {
	return map[string]armFunction{
		"string":     {min: 1, max: 1, open: true, run: func(c *armCallEnv) any { return c.text(toText(c.args[0])) }},
		"format":     {min: 1, max: -1, open: true, run: armFormat},
		"toLower":    {min: 1, max: 1, open: true, run: func(c *armCallEnv) any { return changeCase(c, lowerText) }},
		"toUpper":    {min: 1, max: 1, open: true, run: func(c *armCallEnv) any { return changeCase(c, upperText) }},
		"trim":       {min: 1, max: 1, open: true, run: armTrim},
		"replace":    {min: 3, max: 3, run: armReplace},
		"split":      {min: 2, max: 2, open: true, run: armSplit},
		"join":       {min: 2, max: 2, open: true, run: armJoin},
		"substring":  {min: 2, max: 3, run: armSubstring},
		"startsWith": {min: 2, max: 2, run: func(c *armCallEnv) any { return affix(c, strings.HasPrefix) }},
		"endsWith":   {min: 2, max: 2, run: func(c *armCallEnv) any { return affix(c, strings.HasSuffix) }},
		"padLeft":    {min: 2, max: 3, run: armPadLeft},
		"base64":     {min: 1, max: 1, run: armBase64},
		"uriComponent": {min: 1, max: 1, run: func(c *armCallEnv) any {
			s, ok := toText(c.args[0]).(string)
			if !ok {
				return c.fail("it takes a text")
			}
			return uriComponent(s)
		}},
		"uriComponentToString": {min: 1, max: 1, run: func(c *armCallEnv) any {
			if s, err := url.PathUnescape(shown(toText(c.args[0]))); err == nil && utf8.ValidString(s) {
				return s
			}
			return c.fail("the text is not encoded")
		}},
		"base64ToString": {min: 1, max: 1, run: func(c *armCallEnv) any {
			if s, ok := fromBase64(c.args[0]); ok {
				return s
			}
			return c.fail("the text is not base64")
		}},
		"base64ToJson": {min: 1, max: 1, run: func(c *armCallEnv) any {
			if s, ok := fromBase64(c.args[0]); ok {
				if v, ok := parseJSONText(s); ok {
					return v
				}
			}
			return c.fail("the text is not base64 of JSON")
		}},
		"uniqueString": {min: 1, max: -1, open: true, run: runtimeOnly},
		"guid":         {min: 1, max: -1, open: true, run: runtimeOnly},
		"newGuid":      {run: onceOnly},
	}
}

// onceOnly is a function that gives another value at each place it is called.
func onceOnly(c *armCallEnv) any {
	return piece(quoteSource(c.e)+" "+atDeployment, unresolvedText, foldLower(c.e.name)+positionExpr(c.e.span()))
}

// text guards the length of a result.
func (c *armCallEnv) text(v any) any {
	if s, ok := v.(string); ok && len(s) > maxArmText && utf16Length(s) > maxArmText {
		c.r.limit(fmt.Sprintf("a text of the template is longer than %d characters", maxArmText))
		return c.r.overLimit()
	}
	return v
}

// strings returns the arguments as texts, or false where one is none.
func (c *armCallEnv) strings() ([]string, bool) {
	out := make([]string, len(c.args))
	for i, a := range c.args {
		switch a.(type) {
		case []any, map[string]any, nil:
			return nil, false
		}
		s, ok := toText(a).(string)
		if !ok {
			return nil, false
		}
		out[i] = s
	}
	return out, true
}

// changeCase maps the known parts of a text; an unresolved piece keeps its name
// and is another piece for identity.
func changeCase(c *armCallEnv, change func(string) string) any {
	switch v := c.args[0].(type) {
	case *lang.Unknown:
		return caseOfUnknown(c, v, change)
	case []any, map[string]any, nil:
		return c.fail("it takes a text, not " + describe(v))
	}
	return change(shown(toText(c.args[0])))
}

func caseOfUnknown(c *armCallEnv, u *lang.Unknown, change func(string) string) any {
	parts, unresolved := exprPieces(u.Expr)
	var expr strings.Builder
	for i, p := range parts {
		if unresolved[i] {
			expr.WriteString("{" + foldLower(c.e.name) + "(" + p[1:len(p)-1] + ")}")
		} else {
			expr.WriteString(literalExpr(change(p)))
		}
	}
	var text strings.Builder
	for rest := u.Text; rest != ""; {
		from, to := strings.IndexByte(rest, '<'), strings.IndexByte(rest, '>')
		if from < 0 || to < from {
			text.WriteString(change(rest))
			break
		}
		text.WriteString(change(rest[:from]) + rest[from:to+1])
		rest = rest[to+1:]
	}
	return bounded(&lang.Unknown{Reason: u.Reason, Text: text.String(), Expr: expr.String()})
}

func armTrim(c *armCallEnv) any {
	if u, ok := c.args[0].(*lang.Unknown); ok {
		return &lang.Unknown{Reason: u.Reason, Text: u.Text, Expr: c.unknown(u.Reason).Expr}
	}
	s, ok := c.strings()
	if !ok {
		return c.fail("it takes a text, not " + describe(c.args[0]))
	}
	return strings.TrimSpace(s[0])
}

func armReplace(c *armCallEnv) any {
	s, ok := c.strings()
	if !ok || s[1] == "" {
		return c.fail("it takes three texts, the second not empty")
	}
	if n := strings.Count(s[0], s[1]); n*len(s[2]) > 4*maxArmText {
		c.r.limit(fmt.Sprintf("a text of the template is longer than %d characters", maxArmText))
		return c.r.overLimit()
	}
	return c.text(strings.ReplaceAll(s[0], s[1], s[2]))
}

// armSplit cuts a text at one delimiter or at any of a list. An id that is
// resolved in part is cut too, because a name in it cannot hold a slash: that is
// how templates take ids apart.
func armSplit(c *armCallEnv) any {
	if u, ok := c.args[0].(*lang.Unknown); ok {
		isID := strings.HasPrefix(u.Expr, "/subscriptions/") || strings.HasPrefix(u.Expr, "/providers/")
		if segments := unresolvedSegments(u); isID && c.args[1] == "/" && segments != nil {
			return segments
		}
		return c.unknown(u.Reason)
	}
	if u := deepUnknown(c.args[1]); u != nil {
		return c.unknown(u.Reason)
	}
	text, ok := c.args[0].(string)
	if !ok {
		return c.fail("it takes a text, not " + describe(c.args[0]))
	}
	var delimiters []string
	switch d := c.args[1].(type) {
	case string:
		delimiters = []string{d}
	case []any:
		for _, v := range d {
			if s, ok := v.(string); ok {
				delimiters = append(delimiters, s)
			}
		}
	default:
		return c.fail("the delimiter must be a text or a list of texts")
	}
	return splitAny(text, delimiters)
}

func splitAny(text string, delimiters []string) []any {
	out := []any{}
	start := 0
	for i := 0; i < len(text); {
		width := 0
		for _, d := range delimiters {
			if d != "" && strings.HasPrefix(text[i:], d) {
				width = len(d)
				break
			}
		}
		if width == 0 {
			i++
			continue
		}
		out = append(out, text[start:i])
		i += width
		start = i
	}
	return append(out, text[start:])
}

func armJoin(c *armCallEnv) any {
	list, ok := c.args[0].([]any)
	if !ok {
		if u := firstUnknown(c.args); u != nil {
			return c.unknown(u.Reason)
		}
		return c.fail("it takes a list, not " + describe(c.args[0]))
	}
	parts, size := make([]any, 0, 2*len(list)), 0
	for i, item := range list {
		if i > 0 {
			parts = append(parts, toText(c.args[1]))
		}
		t := toText(item)
		size += len(shown(t)) + len(shown(toText(c.args[1])))
		if size > 4*maxArmText {
			c.r.limit(fmt.Sprintf("a text of the template is longer than %d characters", maxArmText))
			return c.r.overLimit()
		}
		parts = append(parts, t)
	}
	return c.text(joinText(parts...))
}

func armSubstring(c *armCallEnv) any {
	s, ok := c.args[0].(string)
	start, sok := c.args[1].(int)
	if !ok || !sok {
		return c.fail("it takes a text, a start and a length")
	}
	length := utf16Length(s)
	count := length - start
	if len(c.args) > 2 {
		if count, ok = c.args[2].(int); !ok {
			return c.fail("it takes a text, a start and a length")
		}
	}
	if start < 0 || start > length || count < 0 || count > length-start {
		return c.fail(fmt.Sprintf("the text has %d characters", length))
	}
	return utf16Slice(s, start, start+count)
}

// affix is startsWith or endsWith, which ignore case.
func affix(c *armCallEnv, test func(s, part string) bool) any {
	s, ok := c.strings()
	if !ok {
		return c.fail("it takes two texts")
	}
	return test(lowerText(s[0]), lowerText(s[1]))
}

func armPadLeft(c *armCallEnv) any {
	s, ok := c.strings()
	width, wok := c.args[1].(int)
	pad := " "
	if ok && len(s) > 2 {
		pad = s[2]
	}
	if !ok || !wok || utf16Length(pad) != 1 || width > maxArmText {
		return c.fail("it takes a text, a length and one character")
	}
	return strings.Repeat(pad, max(0, width-utf16Length(s[0]))) + s[0]
}

func armBase64(c *armCallEnv) any {
	s, ok := toText(c.args[0]).(string)
	if !ok {
		return c.fail("it takes a text")
	}
	return c.text(base64.StdEncoding.EncodeToString([]byte(s)))
}

func fromBase64(v any) (string, bool) {
	s, ok := v.(string)
	if !ok {
		return "", false
	}
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	return string(b), err == nil && utf8.Valid(b)
}

// uriComponent encodes as JavaScript's encodeURIComponent does.
func uriComponent(s string) string {
	const plain = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.!~*'()"
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if strings.IndexByte(plain, s[i]) >= 0 {
			b.WriteByte(s[i])
		} else {
			fmt.Fprintf(&b, "%%%02X", s[i])
		}
	}
	return b.String()
}

// armFormat is .NET's composite formatting: {0}, {0,5}, {0:D2}, {{ and }}.
func armFormat(c *armCallEnv) any {
	template, ok := c.args[0].(string)
	if !ok {
		if u, unknown := c.args[0].(*lang.Unknown); unknown {
			return c.unknown(u.Reason)
		}
		return c.fail("the format must be a text")
	}
	var parts []any
	var literal strings.Builder
	size := 0
	for i := 0; i < len(template); i++ {
		ch := template[i]
		if (ch == '{' || ch == '}') && i+1 < len(template) && template[i+1] == ch {
			literal.WriteByte(ch)
			i++
			continue
		}
		if ch == '}' {
			return c.fail("\"}\" closes nothing")
		}
		if ch != '{' {
			literal.WriteByte(ch)
			continue
		}
		end := strings.IndexByte(template[i:], '}')
		if end < 0 {
			return c.fail("\"{\" is not closed")
		}
		v, why := c.formatItem(template[i+1 : i+end])
		if why != "" {
			return c.fail(why)
		}
		if size += len(shown(v)); size > 4*maxArmText {
			return c.text(strings.Repeat(" ", maxArmText+1))
		}
		parts = append(parts, literal.String(), v)
		literal.Reset()
		i += end
	}
	return c.text(joinText(append(parts, literal.String())...))
}

// formatItem is the value of one "{index,alignment:format}".
func (c *armCallEnv) formatItem(item string) (any, string) {
	item, spec, hasSpec := strings.Cut(item, ":")
	item, width, hasWidth := strings.Cut(item, ",")
	index, err := strconv.Atoi(strings.TrimSpace(item))
	if err != nil || index < 0 {
		return nil, quoted(item) + " is not the number of an argument"
	}
	if index+1 >= len(c.args) {
		return nil, fmt.Sprintf("there is no argument %d", index)
	}
	v := c.args[index+1]
	out := toText(v)
	if _, ok := v.(float64); ok && hasSpec {
		return nil, "the number format " + quoted(spec) + " is not one this reader knows"
	}
	if n, ok := v.(int); ok && hasSpec {
		if out, ok = formatInt(n, spec); !ok {
			return nil, "the number format " + quoted(spec) + " is not one this reader knows"
		}
	}
	if s, ok := out.(string); ok && hasWidth {
		w, err := strconv.Atoi(strings.TrimSpace(width))
		if err != nil || w > 1000 || w < -1000 {
			return nil, quoted(width) + " is not a width"
		}
		pad := strings.Repeat(" ", max(0, max(w, -w)-utf16Length(s)))
		if w < 0 {
			return s + pad, ""
		}
		return pad + s, ""
	}
	return out, ""
}

// formatInt applies D, F, G, N, X and formats of zeros.
func formatInt(n int, spec string) (any, bool) {
	digits := -1
	if spec == "" {
		return strconv.Itoa(n), true
	}
	if strings.Trim(spec, "0") == "" {
		digits = len(spec)
	} else if rest := spec[1:]; rest != "" {
		d, err := strconv.Atoi(rest)
		if err != nil || d < 0 || d > 100 {
			return nil, false
		}
		digits = d
	}
	text, sign := strconv.Itoa(n), ""
	switch spec[0] {
	case 'x', 'X':
		if text = strconv.FormatUint(uint64(n), 16); spec[0] == 'X' {
			text = strings.ToUpper(text)
		}
	case 'd', 'D', '0':
		if n < 0 {
			text, sign = text[1:], "-"
		}
	case 'g', 'G':
		return text, digits < 1 || len(strings.TrimPrefix(text, "-")) <= digits
	case 'f', 'F', 'n', 'N':
		if n < 0 {
			text, sign = text[1:], "-"
		}
		if spec[0]|0x20 == 'n' {
			text = grouped(text)
		}
		if digits < 0 {
			digits = 2
		}
		if digits > 0 {
			text += "." + strings.Repeat("0", digits)
		}
		return sign + text, true
	default:
		return nil, false
	}
	return sign + strings.Repeat("0", max(0, digits-len(text))) + text, true
}

// grouped puts a comma before every three digits.
func grouped(digits string) string {
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return digits
}
