package main

import (
	"bufio"
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/encoding/unicode"

	"github.com/plumbline/plumbline/internal/diag"
	"github.com/plumbline/plumbline/internal/rule"
	"github.com/plumbline/plumbline/internal/topology"
)

// task is one topology to check, with what checking it printed.
type task struct {
	load   func() ([]topology.File, error)
	alone  bool          // there is no other
	turn   chan struct{} // closed when everything before is printed
	done   chan struct{}
	stdout output
	stderr bytes.Buffer
	muted  bool   // nobody reads any more
	lines  string // the file of which this is a line, or ""
	failed bool
	err    error
	first  string // the file, of several the first, or the one that cannot be opened
	merged string // what several files are called together, or ""
	// shared has what is said of values of parameters, by what it is, and of waivers, by
	// where they stand, in a task that is not alone.
	shared map[string]diag.Record
}

// run opens the site, checks each topology that tasks gives on all workers and
// prints what they give in order. It holds no more than a few at a time.
func (c *checkRun) run(tasks func(yield func(*task) bool)) error {
	workers := c.flags.jobs
	order := make(chan *task, 4*workers)
	work := make(chan *task)
	stop := make(chan struct{})
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for t := range work {
				c.do(t)
				close(t.done)
			}
		})
	}
	running.Go(func() {
		defer close(order)
		defer close(work)
		tasks(func(t *task) bool {
			t.turn, t.done = make(chan struct{}), make(chan struct{})
			t.stdout.print = func() error {
				<-t.turn
				return c.print(t)
			}
			select {
			case order <- t:
			case <-stop:
				return false
			}
			work <- t
			return true
		})
	})
	first := c.open()
	if first != nil {
		close(stop)
	}
	topologies, shared := 0, map[string]*sharedProblem{}
	for t := range order {
		t.muted = first != nil
		close(t.turn)
		<-t.done
		if t.err == nil {
			topologies++
		}
		for key, d := range t.shared {
			if shared[key] == nil {
				shared[key] = &sharedProblem{record: d}
			}
			shared[key].in(d)
		}
		if first != nil {
			continue // nobody reads any more
		}
		c.failed = c.failed || t.failed
		if t.err != nil {
			c.complain(c.cmd, t.err) // a file that cannot be opened does not stop the others
			c.broken = true
			if c.form != nil {
				t.stdout.kept.Write(c.form.Part(unread(t)))
			}
		}
		if err := c.print(t); err != nil {
			first = err
			close(stop)
		}
	}
	running.Wait()
	if first == nil {
		first = c.sayShared(shared, topologies)
	}
	return first
}

// print prints what a task gave so far.
func (c *checkRun) print(t *task) error {
	if t.muted {
		t.stdout.kept.Reset()
		return nil
	}
	if _, err := t.stderr.WriteTo(c.stderr); err != nil {
		return err
	}
	_, err := t.stdout.WriteTo(c.parts)
	return err
}

// tasks gives the topologies of the arguments: with --merge one, else one for each
// file, and of NDJSON one for each line that is a whole document, and one for all
// lines that are single resources.
func (c *checkRun) tasks(args []string) func(yield func(*task) bool) {
	return func(yield func(*task) bool) {
		// Standard input may be a person, who wants to know first that the site is no good.
		if slices.Contains(args, "-") && !c.isOpen() {
			return
		}
		if c.flags.merge {
			t := &task{alone: true, first: args[0]}
			if len(args) > 1 {
				t.merged = strings.Join(args, ", ")
			}
			t.load = func() ([]topology.File, error) {
				var files []topology.File
				for _, name := range args {
					text, err := c.readText(name)
					if err != nil {
						t.first = name
						return nil, err
					}
					files = append(files, topology.File{Name: name, Text: text})
				}
				return files, nil
			}
			yield(t)
			return
		}
		for _, name := range args {
			if !c.fileTasks(name, len(args) == 1, yield) {
				return
			}
		}
	}
}

func loaded(f topology.File) func() ([]topology.File, error) {
	return func() ([]topology.File, error) { return []topology.File{f}, nil }
}

func (c *checkRun) fileTasks(name string, alone bool, yield func(*task) bool) bool {
	failed := func(err error) bool {
		return yield(&task{first: name, load: func() ([]topology.File, error) { return nil, err }})
	}
	in, size, err := c.openText(name)
	if err != nil {
		return failed(err)
	}
	defer in.Close()
	lines := bufio.NewReaderSize(decoded(in), 1<<16)
	var text strings.Builder
	text.Grow(min(size, mostAtOnce))
	if err := twoLines(lines, &text); err != nil {
		return failed(cannotRead(name, err))
	}
	if !topology.IsLines(text.String()) {
		text, err := rest(&text, lines, size)
		if err != nil {
			return failed(cannotRead(name, err))
		}
		return yield(&task{alone: alone, first: name, load: loaded(topology.File{Name: name, Text: text})})
	}
	head := strings.Clone(text.String())
	text.Reset()
	var resources strings.Builder // those lines at their place, the others blank
	blank, number := 0, 0
	one := func(line string) bool {
		number++
		line, err := validUTF8(strings.TrimSuffix(line, "\n"))
		if err != nil {
			return failed(err)
		}
		switch {
		case strings.Trim(line, " \t\r\ufeff") == "":
		case topology.IsResourceLine(line):
			resources.WriteString(strings.Repeat("\n", blank) + line)
			blank = 0
		default:
			if !yield(&task{lines: name, first: name, load: loaded(topology.LineFile(name, number, line))}) {
				return false
			}
		}
		blank++
		return true
	}
	for line := range strings.Lines(head) {
		if !one(line) {
			return false
		}
	}
	for {
		line, err := lines.ReadString('\n')
		if line != "" && !one(line) {
			return false
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return failed(cannotRead(name, err))
		}
	}
	if resources.Len() > 0 {
		return yield(&task{first: name, load: loaded(topology.File{Name: name, Text: resources.String()})})
	}
	return true
}

// mostAtOnce is how much room is made for a file before it is known what it holds.
const mostAtOnce = 1 << 26

// twoLines reads until there are two lines that are not blank, which tell whether
// these are the lines of NDJSON.
func twoLines(in *bufio.Reader, text *strings.Builder) error {
	blank := true
	for filled := 0; filled < 2; {
		piece, err := in.ReadSlice('\n')
		text.Write(piece)
		blank = blank && len(bytes.Trim(piece, " \t\r\n\ufeff")) == 0
		switch {
		case err == bufio.ErrBufferFull:
			continue
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		case !blank:
			filled++
		}
		blank = true
	}
	return nil
}

// share takes out of a result what all topologies have in common: what is said of values
// of parameters and of waivers, of which another topology may have a use. The JSON of each
// has what is said of waivers, as that of the module has.
func (c *checkRun) share(t *task, res *rule.Result) {
	if t.alone {
		return
	}
	t.shared = map[string]diag.Record{}
	res.Diagnostics = slices.DeleteFunc(res.Diagnostics, func(d diag.Record) bool {
		switch {
		case c.ofWaivers(d):
			t.shared[fmt.Sprintf("%s:%d:%d %s", d.File, d.Line, d.Column, d.Code)] = d
		case d.Code == "input/unknown-parameter":
			t.shared[d.Message] = d
		default:
			return false
		}
		return !c.ofWaivers(d) || c.flags.format.value != "json"
	})
}

// own leaves out of the diagnostics of a task what is said once for all topologies.
func (c *checkRun) own(t *task, records []diag.Record) []diag.Record {
	return slices.DeleteFunc(records, func(d diag.Record) bool { return !t.alone && c.ofWaivers(d) })
}

// ofWaivers says whether a diagnostic is about the file of waivers.
func (c *checkRun) ofWaivers(d diag.Record) bool {
	return c.flags.waivers != "" && d.File == string(c.flags.waivers)
}

// sharedProblem is what several topologies say of one value of a parameter or waiver.
type sharedProblem struct {
	record diag.Record
	count  int
}

// in counts a topology that says so. A waiver whose subject does not fail in one of them
// is that, whatever the others do not have.
func (s *sharedProblem) in(d diag.Record) {
	s.count++
	if d.Hint == rule.NotNeeded {
		s.record = d
	}
}

// sayShared says once what topologies have in common: what none of several has a use for,
// and what else is wrong with waivers.
func (c *checkRun) sayShared(shared map[string]*sharedProblem, topologies int) error {
	var said []diag.Record
	for _, s := range shared {
		if unused := s.record.Code == "waiver/unused" || s.record.Code == "input/unknown-parameter"; unused && s.count < topologies {
			continue
		}
		said = append(said, s.record)
		c.failed = c.failed || s.record.Severity == diag.Error
	}
	slices.SortFunc(said, func(a, b diag.Record) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column), cmp.Compare(a.Message, b.Message))
	})
	t := c.terminalOf(c.stderr)
	if c.form == nil && c.flags.format.value != "json" {
		diag.WriteRecords(t.w, said, t.color)
		return nil
	}
	diag.WriteRecords(t.w, errorsOnly(said), t.color)
	if c.form == nil || len(said) == 0 {
		return nil
	}
	_, err := c.parts.Write(c.form.Part(problemsPart("all topologies", "command-line", said)))
	return err
}

// decoded is what a reader gives as UTF-8 where a byte order mark says that it is
// UTF-16.
func decoded(in io.Reader) io.Reader {
	r := bufio.NewReader(in)
	if mark, _ := r.Peek(2); string(mark) == "\xff\xfe" || string(mark) == "\xfe\xff" {
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder().Reader(r)
	}
	return r
}

// readText reads a file, or standard input for "-".
func (p *program) readText(name string) (string, error) {
	in, size, err := p.openText(name)
	if err != nil {
		return "", err
	}
	defer in.Close()
	text, err := rest(&strings.Builder{}, decoded(in), size)
	if err != nil {
		return "", cannotRead(name, err)
	}
	return text, nil
}

// openText opens a file, or standard input for "-", and says how large it is, where
// that is known.
func (p *program) openText(name string) (in io.ReadCloser, size int, err error) {
	if name == "-" {
		return io.NopCloser(p.stdin), 0, nil
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, 0, cannotRead(name, err)
	}
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		size = int(info.Size())
	}
	return f, size, nil
}

// rest reads what follows the beginning of a text that has about a size.
func rest(text *strings.Builder, in io.Reader, size int) (string, error) {
	text.Grow(max(0, size-text.Len()))
	if _, err := io.Copy(text, in); err != nil {
		return "", err
	}
	return validUTF8(text.String())
}

func cannotRead(name string, err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return usageError{message: "cannot read \"" + name + "\": " + path.Err.Error()}
	}
	return err
}

// validUTF8 makes bytes that are not UTF-8 into U+FFFD, as a browser would.
func validUTF8(text string) (string, error) {
	if utf8.ValidString(text) {
		return text, nil
	}
	return unicode.UTF8.NewDecoder().String(text)
}
