package main

import (
	"bytes"
	"testing"
)

// TestReadText: a file in UTF-16, as PowerShell writes it, is as good as one in
// UTF-8.
func TestReadText(t *testing.T) {
	for name, tt := range map[string]struct{ bytes, want string }{
		"UTF-8":                      {"{\"ü\": \"😀\"}", "{\"ü\": \"😀\"}"},
		"UTF-8 with mark":            {"\xef\xbb\xbf{}", "\ufeff{}"},
		"UTF-16 little-endian":       {"\xff\xfe{\x00\xfc\x00\x3d\xd8\x00\xde}\x00", "{ü😀}"},
		"UTF-16 big-endian":          {"\xfe\xff\x00{\x00\xfc\xd8\x3d\xde\x00\x00}", "{ü😀}"},
		"UTF-16 with half a pair":    {"\xff\xfea\x00\x3d\xd8b\x00", "a\ufffdb"},
		"UTF-16 with an odd byte":    {"\xff\xfea\x00b", "a\ufffd"},
		"neither":                    {"a\xffb", "a\ufffdb"},
		"only the mark of UTF-16":    {"\xff\xfe", ""},
		"half of the mark of UTF-16": {"\xff", "\ufffd"},
	} {
		p := &program{stdin: bytes.NewReader([]byte(tt.bytes))}
		got, err := p.readText("-")
		if err != nil || got != tt.want {
			t.Errorf("%s: got %q, %v, want %q", name, got, err, tt.want)
		}
	}
}
