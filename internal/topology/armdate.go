package topology

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

func armDateFunctions() map[string]armFunction {
	return map[string]armFunction{
		"utcNow":            {max: 1, run: onceOnly},
		"dateTimeAdd":       {min: 2, max: 3, run: armDateTimeAdd},
		"dateTimeFromEpoch": {min: 1, max: 1, run: armFromEpoch},
		"dateTimeToEpoch":   {min: 1, max: 1, run: armToEpoch},
	}
}

const (
	secondsOfDay = 24 * 60 * 60
	firstMoment  = -62135596800 // 0001-01-01T00:00:00Z
	lastMoment   = 253402300799 // 9999-12-31T23:59:59Z
	isoFormat    = "yyyy-MM-ddTHH:mm:ssZ"
)

func armDateTimeAdd(c *armCallEnv) any {
	base, bok := c.args[0].(string)
	duration, dok := c.args[1].(string)
	if !bok || !dok {
		return c.fail("it takes a date, a duration and a format")
	}
	moment, layout, ok := parseMoment(base)
	if !ok {
		return c.fail(quoted(base) + " is not a date that this reader knows")
	}
	seconds, ok := parseDuration(duration)
	if !ok {
		return c.fail(quoted(duration) + " is not a duration")
	}
	if moment += seconds; moment < firstMoment || moment > lastMoment {
		return c.fail("the date is out of range")
	}
	if len(c.args) > 2 {
		layout, _ = c.args[2].(string)
	}
	if out, ok := formatMoment(moment, layout); ok {
		return out
	}
	return c.fail("the date format " + quoted(layout) + " is not one this reader knows")
}

func armFromEpoch(c *armCallEnv) any {
	n, ok := c.args[0].(int)
	if !ok || n < firstMoment || n > lastMoment {
		return c.fail("it takes a number of seconds")
	}
	out, _ := formatMoment(n, isoFormat)
	return out
}

func armToEpoch(c *armCallEnv) any {
	s, _ := c.args[0].(string)
	if moment, _, ok := parseMoment(s); ok {
		return moment
	}
	return c.fail("it takes a date")
}

const momentPattern = `^(\d{4})(-?)(\d\d)-?(\d\d)(?:([T ])(\d\d):?(\d\d):?(\d\d)(?:\.\d{1,7})?(Z|[+-]\d\d:?\d\d)?)?$`

// parseMoment reads a date in ISO 8601 as seconds since 1970, with the format it
// is written in.
func parseMoment(s string) (seconds int, layout string, ok bool) {
	m := regexp.MustCompile(momentPattern).FindStringSubmatch(s)
	if m == nil {
		return 0, "", false
	}
	year, month, day := number(m[1]), number(m[3]), number(m[4])
	hour, minute, second := number(m[6]), number(m[7]), number(m[8])
	days := daysOf(year, month, day)
	if y, mo, d := dateOf(days); y != year || mo != month || d != day || year == 0 || hour > 23 || minute > 59 || second > 59 {
		return 0, "", false
	}
	seconds = days*secondsOfDay + hour*3600 + minute*60 + second
	if zone := strings.ReplaceAll(m[9], ":", ""); len(zone) == 5 {
		offset := number(zone[1:3])*3600 + number(zone[3:])*60
		if zone[0] == '+' {
			offset = -offset
		}
		seconds += offset
	}
	dash, colon := m[2], strings.Repeat(":", len(m[2]))
	layout = "yyyy" + dash + "MM" + dash + "dd"
	if m[5] != "" {
		layout += m[5] + "HH" + colon + "mm" + colon + "ss" + strings.Repeat("Z", min(len(m[9]), 1))
	}
	return seconds, layout, true
}

// parseDuration reads a duration in ISO 8601. Azure counts 365 days to a year
// and 30 to a month.
func parseDuration(s string) (seconds int, ok bool) {
	m := regexp.MustCompile(`^(-?)P(?:(\d{1,6})Y)?(?:(\d{1,6})M)?(?:(\d{1,6})W)?(?:(\d{1,6})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})S)?)?$`).FindStringSubmatch(s)
	if m == nil || strings.HasSuffix(s, "P") || strings.HasSuffix(s, "T") {
		return 0, false
	}
	for i, unit := range []int{365 * secondsOfDay, 30 * secondsOfDay, 7 * secondsOfDay, secondsOfDay, 3600, 60, 1} {
		seconds += number(m[i+2]) * unit
	}
	if m[1] != "" {
		seconds = -seconds
	}
	return seconds, true
}

// number reads digits, of which there may be none.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// formatMoment writes seconds since 1970 in a .NET format, or reports false.
func formatMoment(seconds int, layout string) (string, bool) {
	switch layout {
	case "u":
		layout = "yyyy-MM-dd HH:mm:ssZ"
	case "s":
		layout = "yyyy-MM-ddTHH:mm:ss"
	}
	if len(layout) < 2 {
		return "", false
	}
	days := floorDiv(seconds, secondsOfDay)
	year, month, day := dateOf(days)
	second := seconds - days*secondsOfDay
	hour := second / 3600
	parts := map[string]string{
		"yyyy": fmt.Sprintf("%04d", year), "yy": fmt.Sprintf("%02d", year%100),
		"MM": fmt.Sprintf("%02d", month), "M": fmt.Sprint(month), "dd": fmt.Sprintf("%02d", day), "d": fmt.Sprint(day),
		"HH": fmt.Sprintf("%02d", hour), "H": fmt.Sprint(hour), "hh": fmt.Sprintf("%02d", (hour+11)%12+1), "h": fmt.Sprint((hour+11)%12 + 1),
		"mm": fmt.Sprintf("%02d", second/60%60), "m": fmt.Sprint(second / 60 % 60), "ss": fmt.Sprintf("%02d", second%60), "s": fmt.Sprint(second % 60),
		"tt": []string{"AM", "PM"}[hour/12], "fff": "000", "T": "T", "Z": "Z", "K": "Z",
	}
	var out strings.Builder
	for i := 0; i < len(layout); {
		end := i + 1
		if c := layout[i]; c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			for end < len(layout) && layout[end] == c {
				end++
			}
			part, ok := parts[layout[i:end]]
			if !ok {
				return "", false
			}
			out.WriteString(part)
		} else if c == '\'' || c == '"' {
			n := strings.IndexByte(layout[end:], c)
			if n < 0 {
				return "", false
			}
			out.WriteString(layout[end : end+n])
			end += n + 1
		} else if c == '\\' || c == '%' {
			return "", false
		} else {
			out.WriteByte(c)
		}
		i = end
	}
	return out.String(), true
}

func floorDiv(a, b int) int {
	if q := a / b; a%b >= 0 {
		return q
	} else {
		return q - 1
	}
}

// daysOf counts the days since 1970 of a date of the Gregorian calendar, by eras
// of 400 years that begin in March.
func daysOf(year, month, day int) int {
	if month <= 2 {
		year--
	}
	era := floorDiv(year, 400)
	yearOfEra := year - era*400
	dayOfYear := (153*((month+9)%12)+2)/5 + day - 1
	return era*146097 + yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear - 719468
}

// dateOf is the inverse of daysOf.
func dateOf(days int) (year, month, day int) {
	days += 719468
	era := floorDiv(days, 146097)
	dayOfEra := days - era*146097
	yearOfEra := (dayOfEra - dayOfEra/1460 + dayOfEra/36524 - dayOfEra/146096) / 365
	dayOfYear := dayOfEra - (365*yearOfEra + yearOfEra/4 - yearOfEra/100)
	shifted := (5*dayOfYear + 2) / 153
	day = dayOfYear - (153*shifted+2)/5 + 1
	month = (shifted+2)%12 + 1
	year = yearOfEra + era*400
	if month <= 2 {
		year++
	}
	return year, month, day
}
