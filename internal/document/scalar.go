package document

import (
	"math/big"
	"strings"
)

// resolve gives a plain scalar its kind and value by YAML 1.2's core schema
// (YAML 1.2.2, 10.3.2). It reports false for a number that is not finite.
//
//	null Null NULL ~ and nothing      null
//	true True TRUE false False FALSE  bool
//	[-+]?[0-9]+  0o[0-7]+  0x[0-9a-fA-F]+                             int
//	[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?                float
//	[-+]?\.(inf|Inf|INF)  \.(nan|NaN|NAN)                              refused
//
// An int beyond 64 bits is a float.
func resolve(s string) (Kind, any, bool) {
	switch s {
	case "", "~", "null", "Null", "NULL":
		return Null, nil, true
	case "true", "True", "TRUE":
		return Bool, true, true
	case "false", "False", "FALSE":
		return Bool, false, true
	case ".nan", ".NaN", ".NAN":
		return Float, 0.0, false
	}
	if c := s[0]; c != '+' && c != '-' && c != '.' && (c < '0' || c > '9') {
		return String, s, true
	}
	if strings.HasPrefix(s, "0o") && len(s) > 2 && strings.Trim(s[2:], "01234567") == "" {
		return whole(s[2:], 8)
	}
	if strings.HasPrefix(s, "0x") && len(s) > 2 && strings.Trim(s[2:], "0123456789abcdefABCDEF") == "" {
		return whole(s[2:], 16)
	}
	unsigned := strings.TrimPrefix(s, "+")
	if unsigned == s {
		unsigned = strings.TrimPrefix(s, "-")
	}
	switch unsigned {
	case ".inf", ".Inf", ".INF":
		return Float, 0.0, false
	}
	if !isDecimal(unsigned) {
		return String, s, true
	}
	return number(s)
}

// whole converts digits of base 8 or 16.
func whole(digits string, base int) (Kind, any, bool) {
	v, _ := new(big.Int).SetString(digits, base)
	if v.IsInt64() {
		return Int, v.Int64(), true
	}
	return number(v.String())
}

// isDecimal reports whether s is a decimal number without sign: digits, with an
// optional fraction and exponent, or a fraction alone.
func isDecimal(s string) bool {
	mantissa := s
	if i := strings.IndexAny(s, "eE"); i >= 0 {
		mantissa = s[:i]
		exponent := s[i+1:]
		if exponent != "" && (exponent[0] == '+' || exponent[0] == '-') {
			exponent = exponent[1:]
		}
		if exponent == "" || strings.Trim(exponent, "0123456789") != "" {
			return false
		}
	}
	before, after, _ := strings.Cut(mantissa, ".")
	return (before != "" || after != "") && strings.Trim(before+after, "0123456789") == ""
}
