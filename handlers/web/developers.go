package web

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"

	"github.com/labstack/echo/v4"
)

// Developers are the people who may open what is not for buyers: the emails in a
// folder, and the sandbox's control room.
type Developers struct {
	Public   *url.URL     // where the surface is reached. On this machine: by the people on it
	Networks []*net.IPNet // from which it is reached, too, wherever Public is
}

// Admit reports whether a request comes from a developer. Each address that it has
// come by counts: behind a proxy on this machine all the world is on this machine.
func (d Developers) Admit(r *http.Request) bool {
	way := append(forwarded(r), peer(r))
	return !slices.ContainsFunc(way, func(at netip.Addr) bool { return !d.knows(at) })
}

func (d Developers) knows(at netip.Addr) bool {
	local := at.IsLoopback() && IsLoopback(d.Public)
	return at.IsValid() && (local || contains(d.Networks, at))
}

// IsLoopback reports whether an address leads to this machine.
func IsLoopback(u *url.URL) bool {
	return u.Hostname() == "localhost" || net.ParseIP(u.Hostname()).IsLoopback()
}

// onlyDevelopers hides a page from all others.
func (d Developers) onlyDevelopers(next echo.HandlerFunc) echo.HandlerFunc {
	return func(c echo.Context) error {
		if !d.Admit(c.Request()) {
			return echo.ErrNotFound
		}
		return next(c)
	}
}

// ForDevelopers hides a page of the site from all who are not.
func (s *Site) ForDevelopers() echo.MiddlewareFunc {
	return Developers{Public: s.cfg.PublicURL, Networks: s.cfg.Developers}.onlyDevelopers
}

// Guard admits developers only to the paths of a handler that are for them, and all
// people to the others.
func (d Developers) Guard(next http.Handler, forDevelopers func(path string) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if forDevelopers(r.URL.Path) && !d.Admit(r) {
			http.Error(w, "The control room is open on the sandbox's machine only; DEVELOPER_NETWORKS opens it to others.", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	})
}
