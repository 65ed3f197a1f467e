package topology_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

var texts = regexp.MustCompile(`"[^"\\\n]*"|\b(?:true|false|null|\d+)\b|\[\]|\{\}`)

// damaged changes a document a little: mostly into another one that is still JSON.
func damaged(r *rand.Rand, text string) string {
	for range 1 + r.IntN(3) {
		found := texts.FindAllStringIndex(text, -1)
		if len(found) == 0 || text == "" {
			return text
		}
		at, other := found[r.IntN(len(found))], found[r.IntN(len(found))]
		here := text[at[0]:at[1]]
		switch r.IntN(8) {
		case 0:
			return text[:r.IntN(len(text))]
		case 1:
			cut := r.IntN(len(text))
			text = text[:cut] + text[min(len(text), cut+1+r.IntN(20)):]
		case 2:
			text = text[:at[0]] + strings.ToUpper(here) + text[at[1]:]
		case 3:
			text = text[:at[0]] + text[other[0]:other[1]] + text[at[1]:]
		default:
			values := []string{"null", "5", "1.5", "true", `"text"`, "[]", "{}", "[null]", `""`, `"properties"`, `"id"`, `"value"`, `"/subscriptions/s1/providers/Test.Net/networks/n1"`}
			text = text[:at[0]] + values[r.IntN(len(values))] + text[at[1]:]
		}
	}
	return strings.ToValidUTF8(text, "\ufffd")
}

// TestDamaged: whatever is wrong with what Azure returned, both engines read the
// same, and neither fails.
func TestDamaged(t *testing.T) {
	e := newEngines(t, os.DirFS("testdata/arm/rules"))
	paths, _ := filepath.Glob("testdata/resources/*.txtar")
	if len(paths) == 0 {
		t.Fatal("no fixtures")
	}
	r := rand.New(rand.NewPCG(16, 18))
	for _, path := range paths {
		a, err := txtar.ParseFile(path)
		if err != nil {
			t.Fatal(err)
		}
		in, _ := parseCase(a)
		for n := range 60 {
			var files []file
			for _, f := range in.Files {
				if r.IntN(2) == 0 || len(files) == 0 {
					files = append(files, file{f.File, damaged(r, f.Text)})
				}
			}
			// One after the other, or as one topology.
			one := n%2 == 0
			for _, f := range files {
				if one {
					e.read(t, input{Files: []file{f}})
				}
			}
			if !one {
				e.read(t, input{Files: files})
			}
			if t.Failed() {
				t.Fatalf("%s, variant %d:\n%s", path, n, fmt.Sprint(files))
			}
		}
	}
}
