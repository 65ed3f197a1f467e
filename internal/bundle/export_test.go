package bundle

// Bundled is how many bundles were made: of the theme, and with the rules.
func (b *Bundler) Bundled() int { return b.bundled }
