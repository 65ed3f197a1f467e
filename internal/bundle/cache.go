package bundle

import (
	"crypto/sha256"
	"io"
	"io/fs"
	"maps"

	"github.com/plumbline/plumbline/internal/diag"
)

// Bundler is Site for a process that builds a site again and again: it bundles
// again only what was made of a file that changed. The zero value is ready.
type Bundler struct {
	themeSum, rulesSum [sha256.Size]byte
	pages              Assets // what the theme alone gives
	site               Assets // with the rules of rulesSum

	bundled int // bundles made, for tests
}

// Site gives what the function of this name gives. After a problem nothing is
// remembered.
func (b *Bundler) Site(theme fs.FS, rulesJS string) (Assets, diag.List) {
	themeSum, rulesSum := Sum(theme), sha256.Sum256([]byte(rulesJS))
	if b.site.Files != nil && themeSum == b.themeSum && rulesSum == b.rulesSum {
		return b.site, nil
	}
	src := sources{theme: theme, rules: rulesJS}
	if l := src.vendored(); l.HasErrors() {
		return Assets{}, l
	}
	var problems diag.List
	if b.pages.Files == nil || themeSum != b.themeSum {
		b.pages = Assets{Files: map[string][]byte{}, Paths: map[string]string{}}
		b.bundled++
		problems = src.pages(&b.pages)
	}
	a := Assets{Files: maps.Clone(b.pages.Files), Paths: maps.Clone(b.pages.Paths)}
	b.bundled++
	problems = append(problems, src.runtime(&a)...)
	if len(problems) > 0 {
		*b = Bundler{bundled: b.bundled}
		return a, problems.Sorted()
	}
	b.themeSum, b.rulesSum, b.site = themeSum, rulesSum, a
	return a, nil
}

// Sum names the bytes of every file of a file system, and where they are. What
// cannot be read counts as empty: who needs it reports it. A checkout's
// node_modules are no part of a theme.
func Sum(files fs.FS) [sha256.Size]byte {
	h := sha256.New()
	err := fs.WalkDir(files, ".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return nil
		case d.IsDir() && d.Name() == "node_modules":
			return fs.SkipDir
		case d.IsDir():
			return nil
		}
		io.WriteString(h, name+"\x00")
		if data, err := fs.ReadFile(files, name); err == nil {
			sum := sha256.Sum256(data)
			h.Write(sum[:])
		}
		return nil
	})
	if err != nil {
		panic(err) // the function above returns no error
	}
	return [sha256.Size]byte(h.Sum(nil))
}
