package render_test

import (
	"regexp"
	"strings"
	"testing"
)

// TestSmallFigures puts back what the figures of a page refer to, which gives them
// as they were drawn, and each once.
func TestSmallFigures(t *testing.T) {
	page := string(pages(t, input(t))["rules/hub-sku/index.html"])
	_, list, found := strings.Cut(page, `<ul class="examples"`)
	if !found {
		t.Fatal("the page has no examples")
	}
	defs := map[string]string{}
	for _, m := range regexp.MustCompile(`<path id="(plDef[0-9]+)" (d="[^"]*")/>`).FindAllStringSubmatch(page, -1) {
		defs[m[1]] = m[2]
	}
	groups := regexp.MustCompile(`<g id="(plDef[0-9]+)" class="topology">(<g.*?</g>)</g>`).FindAllStringSubmatch(page, -1)
	if len(groups) != 1 || len(defs) != 1 {
		t.Fatalf("%d groups and %d icons are shared, instead of one each:\n%s", len(groups), len(defs), page)
	}
	for _, m := range groups {
		list = strings.ReplaceAll(list, `<use href="#`+m[1]+`"/>`, m[2])
	}
	list = regexp.MustCompile(`<use class="t-icon" href="#(plDef[0-9]+)" x="([0-9]+)" y="([0-9]+)"/>`).ReplaceAllStringFunc(list, func(use string) string {
		m := regexp.MustCompile(`#(plDef[0-9]+)" x="([0-9]+)" y="([0-9]+)"`).FindStringSubmatch(use)
		return `<path class="t-icon" transform="translate(` + m[2] + " " + m[3] + `)" ` + defs[m[1]] + `/>`
	})
	list = regexp.MustCompile(`"plPart[0-9]+`).ReplaceAllString(list, `"plPart`)
	for _, mark := range []string{"", " fail"} {
		drawn := strings.Replace(smallHub(mark).Wide, ` xmlns="http://www.w3.org/2000/svg"`, "", 1)
		if strings.Count(list, drawn) != 1 {
			t.Errorf("the figure%s is not in the page once:\n%s\n%s", mark, drawn, list)
		}
	}
	again := regexp.MustCompile(`<use href="#plPart[0-9]+"/></svg>`).FindAllString(list, -1)
	if len(again) != 1 {
		t.Errorf("%d figures repeat another one instead of 1", len(again))
	}
}
