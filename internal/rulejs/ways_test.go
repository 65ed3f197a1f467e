package rulejs

import (
	"regexp/syntax"
	"testing"
)

// TestLinearPatterns: which patterns a backtracking engine may be given.
func TestLinearPatterns(t *testing.T) {
	for pattern, want := range map[string]bool{
		``:                        true,
		`abc`:                     true,
		`^Standard`:               true,
		`(?i)premium$`:            true,
		`^[0-9]+(-[0-9]+)?$`:      true,
		`^(a|b)*c`:                true,
		`^([^/]+/)*[^/]+$`:        true,
		`/[0-7]$`:                 true,
		`foo.*`:                   true,
		`(b|bc|bcd)x`:             true,
		`^(a|ab)(c|bcd)(d*)$`:     true,
		`\bAzure\b`:               true,
		`^[a-z]{1,50}$`:           true,
		`^(\d{1,3}\.){3}\d{1,3}$`: true,
		`^((25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])\.){3}(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])(/(3[0-2]|[12]?[0-9]))?$`: true,

		`(a+)+$`:           false,
		`^((a)|(a))*$`:     false,
		`^(a|aa)+$`:        false,
		`^(a*)*b`:          false,
		`^(a?){30}$`:       false,
		`^(?:(a)|(a)){7}b`: false,
		`[a-z]+\d`:         false,
		`\s+$`:             false,
		`a.*b`:             false,
		`^\w+\s*\w+$`:      false,
		`^.*=.*=`:          false,
		`(.*,){11}P`:       false,
		`(a|b|(c|))*$`:     false,
		`[ab]{1,100}c`:     false,
	} {
		re, err := syntax.Parse(pattern, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		if got := isLinear(re); got != want {
			t.Errorf("isLinear(%q) is %t", pattern, got)
		}
	}
}
