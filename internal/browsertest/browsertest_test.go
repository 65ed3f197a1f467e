package browsertest

import (
	"os"
	"path/filepath"
	"testing"
)

const policy = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'self'; worker-src 'self' blob:">`

// write makes a folder with the files and returns it.
func write(t *testing.T, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestTabNotices proves that a test built on Tab cannot miss what it must not
// miss.
func TestTabNotices(t *testing.T) {
	browser := Start(t)
	tests := []struct{ name, page, script, want string }{
		{"a message", ``, `console.warn("careful")`, "console.warning: careful"},
		{"an exception", ``, `null.x`, "exception: Uncaught TypeError"},
		{"a rejected promise", ``, `Promise.reject(new Error("no"))`, "exception: Uncaught (in promise)"},
		{"an inline style", `<p style="color:red">`, ``, "inline style"},
		{"an inline script", `<script>1</script>`, ``, "inline script"},
		{"a refused fetch", ``, `fetch("data.json").catch(() => {})`, "connect"},
		{"a file that is missing", `<script src="none.js"></script>`, ``, "none.js"},
		{"an exception in a worker", ``, `new Worker(URL.createObjectURL(new Blob(["null.y"])))`, "Uncaught TypeError"},
		{"a message in a worker", ``, `new Worker(URL.createObjectURL(new Blob(["console.log('from the worker')"])))`, "from the worker"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := write(t, map[string]string{
				"index.html": `<!doctype html><html lang="en"><head><link rel="icon" href="data:,">` + policy + `<title>x</title></head><body>` + tt.page + `<script src="x.js"></script></body></html>`,
				"x.js":       tt.script,
			})
			for _, address := range []string{Serve(t, dir), FileURL(t, dir) + "index.html"} {
				tab := browser.Open(t, View{})
				tab.Go(address)
				tab.WaitConsole(tt.want)
			}
		})
	}
}
