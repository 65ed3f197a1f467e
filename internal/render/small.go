package render

import (
	"fmt"
	"html/template"
	"regexp"
	"strings"
)

// Small figures stand in the page as SVG. In files of their own they would not see
// the page's colours: an SVG in an <img> has no style but its own, which a page of
// this site may not carry, and knows the dark of the system but not that of the
// page. So that a page with fifty of them stays light, what they have in common
// stands in it once: examples of one sample often look the same, and where they do
// not they share boxes, lines and icons.

// smallID is the id that small figures are drawn with.
const smallID = "plPart"

// leastShared is the length from which on a part is worth a reference.
const leastShared = 100

var (
	openTag  = regexp.MustCompile(`^<svg [^>]*>`)
	tag      = regexp.MustCompile(`<(/?)[a-z]+[^>]*?(/?)>`)
	iconPath = regexp.MustCompile(`<path class="t-icon" transform="translate\(([0-9.-]+) ([0-9.-]+)\)" d="([^"]*)"/>`)
)

// smallFigures returns the figures as they stand in a page, and before them what
// they refer to.
func smallFigures(list []Drawing) (shared template.HTML, figures []template.HTML) {
	count := map[string]int{}
	seen := map[string]bool{}
	for _, d := range list {
		if !seen[d.Wide] {
			seen[d.Wide] = true
			eachPart(d.Wide, func(part string) { count[part]++ })
		}
	}
	var defs strings.Builder
	numbers := map[string]int{} // of figures, parts and icons
	icon := func(path string) string {
		m := iconPath.FindStringSubmatch(path)
		n := numbers[m[3]]
		if n == 0 {
			n = len(numbers) + 1
			numbers[m[3]] = n
			fmt.Fprintf(&defs, `<path id="plDef%d" d="%s"/>`, n, m[3])
		}
		return fmt.Sprintf(`<use class="t-icon" href="#plDef%d" x="%s" y="%s"/>`, n, m[1], m[2])
	}
	for _, d := range list {
		if d.Wide == "" {
			figures = append(figures, "")
			continue
		}
		svg := strings.Replace(d.Wide, ` xmlns="http://www.w3.org/2000/svg"`, "", 1)
		n, again := numbers[d.Wide]
		if again {
			// Its name and description are in the page already, under the ids it refers to.
			svg = fmt.Sprintf(`%s<use href="#%s"/></svg>`, openTag.FindString(svg), smallID)
		} else {
			n = len(numbers) + 1
			numbers[d.Wide] = n
			eachPart(d.Wide, func(part string) {
				if count[part] < 2 || len(part) < leastShared {
					return
				}
				def := numbers[part]
				if def == 0 {
					def = len(numbers) + 1
					numbers[part] = def
					// A selector that begins with the class of the drawing has to match
					// inside of what a reference repeats.
					fmt.Fprintf(&defs, `<g id="plDef%d" class="topology">%s</g>`, def, iconPath.ReplaceAllStringFunc(part, icon))
				}
				svg = strings.ReplaceAll(svg, part, fmt.Sprintf(`<use href="#plDef%d"/>`, def))
			})
			svg = iconPath.ReplaceAllStringFunc(svg, icon)
		}
		for _, ref := range []string{`"` + smallID, `#` + smallID} {
			svg = strings.ReplaceAll(svg, ref, fmt.Sprintf("%s%d", ref, n))
		}
		figures = append(figures, template.HTML(svg))
	}
	if defs.Len() > 0 {
		shared = template.HTML(`<svg class="figure-defs" width="0" height="0" aria-hidden="true"><defs>` + defs.String() + `</defs></svg>`)
	}
	return shared, figures
}

// eachPart calls use with each group of a drawing that has a class and stands in
// no other one: a box, a node, a line.
func eachPart(svg string, use func(string)) {
	start, depth := -1, 0
	for _, at := range tag.FindAllStringSubmatchIndex(svg, -1) {
		closing, alone := at[2] < at[3], at[4] < at[5]
		switch {
		case start < 0 && !closing && strings.HasPrefix(svg[at[0]:], `<g class="t-`):
			start, depth = at[0], 1
		case start < 0 || alone:
		case closing:
			if depth--; depth == 0 {
				use(svg[start:at[1]])
				start = -1
			}
		default:
			depth++
		}
	}
}
