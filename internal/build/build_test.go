package build

import (
	"bytes"
	"io/fs"
	"os"
	"runtime"
	"testing"

	"github.com/plumbline/plumbline/internal/config"
	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/theme"
)

// repository is this repository's own site.
func repository(t *testing.T) Input {
	t.Helper()
	root := os.DirFS("../..")
	sub := func(name string) fs.FS {
		out, err := fs.Sub(root, name)
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	return Input{Config: config.Config{Title: "Plumbline", BaseURL: "https://example.com/"}, Content: sub("content"), ContentPrefix: "content/", Rules: sub("rules"), Theme: theme.FS(), Version: "1"}
}

// TestSameInputSameBytes builds this repository's site on all processors and on
// one. What differs would differ between two builds of one user.
func TestSameInputSameBytes(t *testing.T) {
	in := repository(t)
	build := func() Files {
		out, problems := Site(in)
		for _, d := range problems {
			if d.Severity != diag.Info {
				t.Errorf("%+v", problems.Records())
				break
			}
		}
		return out.Files
	}
	first := build()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	second := build()
	if len(first) != len(second) {
		t.Errorf("%d files, then %d", len(first), len(second))
	}
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for name, data := range first {
		if !bytes.Equal(data, second[name]) {
			t.Errorf("%s differs", name)
		}
		if bytes.Contains(data, []byte(here)) {
			t.Errorf("%s names a folder of this machine", name)
		}
	}
}
