package build

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestSampleTitle(t *testing.T) {
	for text, want := range map[string]string{
		"# title: Virtual WAN\nhubs: []\n":   "Virtual WAN",
		"# title:  Two hubs \r\nhubs: []\n":  "Two hubs",
		"# title:\nhubs: []\n":               "Virtual wan",
		"hubs: []\n# title: Virtual WAN\n":   "Virtual wan",
		"":                                   "Virtual wan",
		"# A sample. # title: Virtual WAN\n": "Virtual wan",
	} {
		if got := sampleTitle("virtual-wan", text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	files, err := filepath.Glob("../../rules/samples/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no samples: %v", err)
	}
	titles := map[string]string{"hub-and-spoke": "Hub and spoke", "hybrid": "Hybrid hub and spoke", "standalone": "Standalone", "virtual-wan": "Virtual WAN"}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		name := strings.TrimSuffix(filepath.Base(file), ".yaml")
		if got := sampleTitle(name, string(text)); got != titles[name] {
			t.Errorf("%s: got %q, want %q", name, got, titles[name])
		}
	}
}
