package diag

// CodeDoc documents one diagnostic code. The manual's page of codes is made
// from these, so each says what is wrong, why it matters and how to fix it.
type CodeDoc struct {
	Code     string
	Severity Severity // unless the site's configuration says otherwise
	Summary  string   // one line, no full stop
	Doc      string   // Markdown: what, why, how to fix, an example
}
