package topology

import (
	"encoding/base64"
	"net/url"
	"regexp"
	"strings"
	"unicode/utf8"
)

func armURIFunctions() map[string]armFunction {
	return map[string]armFunction{
		"uri":             {min: 2, max: 2, run: armURI},
		"dataUri":         {min: 1, max: 1, run: armDataURI},
		"dataUriToString": {min: 1, max: 1, run: armFromDataURI},
	}
}

// armURI resolves a path against an address, where .NET would change nothing else.
func armURI(c *armCallEnv) any {
	s, ok := c.strings()
	if !ok {
		return c.fail("it takes two texts")
	}
	base := regexp.MustCompile(`^([A-Za-z][A-Za-z0-9+.-]*://[^/?#]+)([^?#]*)`).FindStringSubmatch(s[0])
	switch relative := s[1]; {
	case base == nil:
		return c.fail("the first text is not an address")
	case regexp.MustCompile(`^[A-Za-z][A-Za-z0-9+.-]*:`).MatchString(relative):
		return relative
	case !regexp.MustCompile(`^[A-Za-z0-9._~/:&=+,-][A-Za-z0-9._~/:?&=+,-]*$`).MatchString(relative) || base[1] != foldLower(base[1]):
		return runtimeOnly(c)
	case strings.HasPrefix(relative, "//") || regexp.MustCompile(`(^|/)\.{1,2}(/|$)`).MatchString(base[2]+"/"+relative):
		return runtimeOnly(c)
	case relative[0] == '/':
		return base[1] + relative
	default:
		return base[1] + "/" + strings.TrimPrefix(base[2][:strings.LastIndexByte(base[2], '/')+1], "/") + relative
	}
}

func armDataURI(c *armCallEnv) any {
	s, ok := toText(c.args[0]).(string)
	if !ok {
		return c.fail("it takes a text")
	}
	return c.text("data:text/plain;charset=utf8;base64," + base64.StdEncoding.EncodeToString([]byte(s)))
}

// armFromDataURI reads "data:type;base64,…" and "data:type,…".
func armFromDataURI(c *armCallEnv) any {
	s, _ := c.args[0].(string)
	head, data, ok := strings.Cut(s, ",")
	if !ok || !strings.HasPrefix(foldLower(head), "data:") {
		return c.fail("the text is not a data address")
	}
	if strings.HasSuffix(foldLower(head), ";base64") {
		if out, ok := fromBase64(data); ok {
			return out
		}
	} else if out, err := url.PathUnescape(data); err == nil && utf8.ValidString(out) {
		return out
	}
	return c.fail("the text is not a data address")
}
