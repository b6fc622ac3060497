"""The addresses of the site."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.views import LogoutView
from django.urls import include, path
from django.views.generic import RedirectView

from .views import (
    access_own,
    access_review,
    access_users,
    emerging,
    forecasts,
    home,
    map,
    partners,
    people,
    profiles,
    quality,
    quarantine,
    records,
    releases,
    second_factor,
    sign_in,
)

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.SignIn.as_view(), name="sign-in"),
    path("sign-out/", LogoutView.as_view(), name="sign-out"),
    path("purpose/", sign_in.purpose, name="purpose"),
    path("second-factor/", second_factor.second_factor, name="second-factor"),
    path("records/", records.batches, name="batches"),
    path("records/batch/<slug:digest>/", records.batch, name="batch"),
    path("records/load/", records.load, name="load"),
    path("records/load/<slug:load>/", records.load_state, name="load-state"),
    path("records/load/<slug:load>/stop/", records.load_stop, name="load-stop"),
    path("records/quality/", quality.feeds, name="quality"),
    path("records/quality/<slug:feed>/", quality.report, name="quality-report"),
    path("records/quality/<slug:feed>/report.pdf", quality.as_pdf, name="quality-pdf"),
    path("records/quality/<slug:feed>/faults.csv", quality.faults, name="quality-faults"),
    path("records/partners/", partners.page, name="partners"),
    path("records/partners/report.pdf", partners.as_pdf, name="partners-pdf"),
    path("records/quarantine/", quarantine.rows, name="quarantine"),
    path("records/quarantine/replay/", quarantine.replay, name="replay"),
    path("records/quarantine/<slug:digest>/<int:line>/", quarantine.row, name="quarantined"),
    path("people/", people.find, name="people"),
    path("people/<slug:ref>/", people.person, name="person"),
    path("access/", access_own.mine, name="access"),
    path("access/policy/", access_own.policy, name="access-policy"),
    path("access/break-glass/", access_own.break_glass, name="access-break-glass"),
    path("access/break-glass/<slug:uid>/give-up/", access_own.give_up, name="access-give-up"),
    path("access/review/", access_review.glasses, name="access-glasses"),
    path("access/review/<slug:uid>/", access_review.reviewed, name="access-reviewed"),
    path("access/restricted/", access_review.restrictions, name="access-restrictions"),
    path("access/restricted/<slug:name>/<slug:act>/", access_review.restriction, name="access-restriction"),
    path("access/settings/", access_review.settings, name="access-settings"),
    path("access/settings/<slug:uid>/<slug:act>/", access_review.setting, name="access-setting"),
    path("access/accounts/", access_users.users, name="access-users"),
    path("access/accounts/<slug:name>/", access_users.user, name="access-user"),
    path("access/accounts/<slug:name>/left/", access_users.left, name="access-left"),
    path("people/", people.find, name="people"),
    path("people/<slug:ref>/", people.person, name="person"),
    path("map/", map.page, name="map"),
    path("map/areas/<slug:kind>.json", map.boundaries, name="map-boundaries"),
    path("map/table/", map.table, name="map-table"),
    path("map/counts.json", map.counts, name="map-counts"),
    path("map/points.json", map.points, name="map-points"),
    path("map/hot-spots.json", map.hot_spots, name="map-hot-spots"),
    path("map/risk-zones.json", map.risk_zones, name="map-risk-zones"),
    path("profiles/", profiles.ask, name="profiles"),
    path("profiles/read/", profiles.read, name="profile"),
    path("profiles/read.pdf", profiles.as_pdf, name="profile-pdf"),
    path("profiles/share/", profiles.share, name="profile-share"),
    path("releases/", releases.releases, name="releases"),
    path("releases/<slug:name>/", releases.release, name="release"),
    path("releases/<slug:name>/approve/", releases.approve, name="release-approve"),
    path("releases/<slug:name>/refuse/", releases.refuse, name="release-refuse"),
    path("releases/<slug:name>/edition.pdf", releases.as_pdf, name="release-pdf"),
    path("releases/<slug:name>/edition.html", releases.as_html, name="release-html"),
    path("emerging/", emerging.look, name="emerging"),
    path("emerging/read.pdf", emerging.as_pdf, name="emerging-pdf"),
    path("forecasts/", forecasts.forecasts, name="forecasts"),
    path("forecasts/read.pdf", forecasts.forecast_pdf, name="forecasts-pdf"),
    path("series/", forecasts.series_page, name="series"),
    path("series/read.pdf", forecasts.series_pdf, name="series-pdf"),
]

if settings.OIDC_ISSUER:
    # Only the two addresses of the protocol: allauth's own pages for accounts stay shut, and its names lead to our sign-in.
    urlpatterns += [
        path("sso/", include("allauth.socialaccount.providers.openid_connect.urls")),
        *(path(f"sso/{name}/", RedirectView.as_view(pattern_name="sign-in"), name=name)
          for name in ("account_login", "account_signup", "account_inactive", "socialaccount_signup", "socialaccount_login_cancelled")),
    ]  # fmt: skip
