package content

import (
	"fmt"
	"net/url"
	"regexp"
	"strings"

	"github.com/yuin/goldmark/util"

	"github.com/plumbline/plumbline/internal/diag"
)

// Videos: > [!VIDEO https://…], or the id of a video on Microsoft Learn. The
// site's pages load nothing from other hosts, so a video is a link.

var videoID = regexp.MustCompile(`^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$`)

func (p *Page) checkVideo(m *quoteMarker, s *quoteSection) {
	target := m.args
	if videoID.MatchString(target) {
		// The player that Learn's own pages embed for such an id.
		target = "https://learn-video.azurefd.net/vod/player?id=" + target
	}
	if !strings.HasPrefix(target, "https://") && !strings.HasPrefix(target, "http://") {
		p.report(diag.Warning, "content/video", m.Pos(), m.end,
			fmt.Sprintf("%q is neither an address nor the id of a video", m.args), `write [!VIDEO https://…]`)
		return
	}
	s.link = &Link{Target: target, Span: p.span(m.Pos(), m.end)}
}

func (w *writer) video(out util.BufWriter, n *quoteSection, entering bool) {
	if !entering {
		_, _ = out.WriteString("</div>\n")
		return
	}
	_, _ = out.WriteString("<div class=\"video\">\n")
	if n.link == nil {
		return
	}
	host := ""
	if u, err := url.Parse(n.link.URL); err == nil && u.Host != "" {
		host = " (" + u.Host + ")"
	}
	_, _ = out.WriteString("<p><a")
	w.href(out, n.link)
	fmt.Fprintf(out, ">Watch the video%s</a></p>\n", escape(host))
}
