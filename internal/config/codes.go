package config

import "github.com/plumbline/plumbline/internal/diag"

// Codes documents what reading a site's settings can report.
func Codes() []diag.CodeDoc {
	return []diag.CodeDoc{
		{Code: "config/unknown-key", Severity: diag.Error, Summary: "a setting does not exist",
			Doc: "`plumbline.yaml` has the keys `title`, `baseUrl`, `siteHost`, `severity` and `coverage`, in this spelling. An unknown one is an error, because it would set nothing."},
		{Code: "config/wrong-type", Severity: diag.Error, Summary: "a setting has a value of the wrong type",
			Doc: "Texts that YAML reads as something else, such as `2024`, go in quotes. `severity` is a list of maps, `coverage` a number. An environment variable is checked alike; those of lists and numbers are read as YAML."},
		{Code: "config/bad-value", Severity: diag.Error, Summary: "a setting has a value that it cannot have",
			Doc: "`baseUrl` is the whole address of the site with its scheme, `siteHost` a host without a path, `coverage` a share from 0 to 1, a `level` one of error, warning, info and off."},
		{Code: "config/missing-key", Severity: diag.Error, Summary: "an entry of severity lacks its code or level",
			Doc: "Each entry of `severity` names a code of this list and its level: `- {code: content/missing-image, level: off}`."},
		{Code: "config/unreadable", Severity: diag.Error, Summary: "the settings cannot be read",
			Doc: "The file `plumbline.yaml` is there and cannot be opened. The message holds what the system says; mostly it is a permission."},
		{Code: "config/unknown-code", Severity: diag.Error, Summary: "severity names a code that does not exist",
			Doc: "The codes are those in brackets behind each problem and on this page. A misspelt one would change nothing."},
		{Code: "config/fixed-code", Severity: diag.Error, Summary: "severity names a code whose problems are always errors",
			Doc: "Warnings can be raised, lowered and switched off; errors cannot, because a site with one would be wrong in front of a reader. Mend what is reported."},
		{Code: "config/docset", Severity: diag.Warning, Summary: "a part of docfx.json cannot be followed",
			Doc: "Of a Learn docset, `files`, `exclude` and `src` under `content` and `resource` of `build` say which files belong to the site, and `titleSuffix` of `globalMetadata` what it is called. Files keep their paths, also where `dest` would move them."},
	}
}
