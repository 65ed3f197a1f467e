package bundle

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents what this package reports.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "theme/bundle", Severity: diag.Error, Summary: "a script or style of the theme cannot be bundled", Doc: `
Every script and style of a site is bundled when the site is built: the built-in theme with the files of the site's own
` + "`theme/`" + ` folder laid over it. One of those files has an error, or imports something that neither folder holds.

The message is the bundler's. It stands at the file and line; correct it there, or remove the file to get the built-in one
back. A theme can import its own files, the files of the built-in theme, and the libraries that the program carries; no other
package can be imported.`},
		{Code: "theme/no-bundles", Severity: diag.Error, Summary: "the program was built without its browser libraries", Doc: `
The libraries and fonts of the site come from npm. They are bundled into ` + "`theme/dist/`" + ` before the program is compiled and
are part of it afterwards. ` + "`go build`" + ` or ` + "`go install`" + ` alone leaves them out; such a program checks and lints, but builds no site.

Run ` + "`make build`" + ` in a checkout of Plumbline, which needs Node and npm, or use a released program.`},
	}
}
