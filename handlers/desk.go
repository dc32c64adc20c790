package handlers

import (
	"github.com/labstack/echo/v4"

	"antom-checkout/handlers/desk"
)

// mountDesk adds the routes of the dashboard.
func (s *server) mountDesk(e *echo.Echo, people desk.People) {
	desk.Mount(e, desk.Config{Site: s.site, Now: s.cfg.Now}, desk.Services{People: people}, s.limiter.Limited(s.newLimits().desk))
}
