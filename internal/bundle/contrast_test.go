package bundle_test

import (
	"math"
	"os"
	"regexp"
	"strconv"
	"testing"
)

// TestContrast holds every pair of colours that text is read in to the ratio
// that WCAG 2.2 asks for at level AA (1.4.3), in light and in dark.
func TestContrast(t *testing.T) {
	data, err := os.ReadFile("../../theme/styles/tokens.css")
	if err != nil {
		t.Fatal(err)
	}
	colours := map[string][2]string{}
	for _, m := range regexp.MustCompile(`--([\w-]+): light-dark\((#\w{6}), (#\w{6})\)`).FindAllStringSubmatch(string(data), -1) {
		colours[m[1]] = [2]string{m[2], m[3]}
	}
	on := map[string][]string{
		"paper":      {"ink", "ink-soft", "ink-faint", "link", "link-strong", "brass", "fail", "warning", "info", "pass", "unknown"},
		"surface":    {"ink", "ink-soft", "ink-faint", "link", "fail", "warning", "info", "pass", "unknown"},
		"hover":      {"ink", "ink-soft", "ink-faint"},
		"sunken":     {"ink", "ink-soft", "ink-faint", "code-keyword", "code-string", "code-number", "code-name", "code-comment"},
		"muted-soft": {"ink", "ink-soft", "ink-faint"},
		"brass-soft": {"ink", "ink-soft", "brass"},
		"selection":  {"ink"},
		"accent":     {"on-accent"},
	}
	for _, tone := range []string{"fail", "warning", "info", "pass", "unknown"} {
		on[tone+"-soft"] = []string{tone, "ink", "ink-soft", "ink-faint"}
	}
	for ground, texts := range on {
		for _, text := range texts {
			for i, mode := range []string{"light", "dark"} {
				a, b := luminance(t, colours[text][i]), luminance(t, colours[ground][i])
				if ratio := (max(a, b) + 0.05) / (min(a, b) + 0.05); ratio < 4.5 {
					t.Errorf("--%s on --%s in %s has the contrast %.2f, less than 4.5", text, ground, mode, ratio)
				}
			}
		}
	}
}

// luminance is the relative luminance of #rrggbb.
func luminance(t *testing.T, colour string) float64 {
	t.Helper()
	sum := 0.0
	for i, weight := range []float64{0.2126, 0.7152, 0.0722} {
		if len(colour) != 7 {
			t.Fatalf("%q is no colour of tokens.css", colour)
		}
		n, err := strconv.ParseUint(colour[1+2*i:3+2*i], 16, 8)
		if err != nil {
			t.Fatal(err)
		}
		c := float64(n) / 255
		if c <= 0.03928 {
			c /= 12.92
		} else {
			c = math.Pow((c+0.055)/1.055, 2.4)
		}
		sum += weight * c
	}
	return sum
}
