"""The only module that uses OpenID Connect: the code flow with PKCE, state and nonce.

Every check of OpenID Connect Core 3.1.3.7 is made here: the signature by one of the issuer's keys with an asymmetric
algorithm; issuer, audience, time and nonce.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from secrets import compare_digest, token_urlsafe
from time import monotonic
from typing import Any, Final

import structlog
from authlib.integrations.requests_client import (  # type: ignore[import-untyped]  # its types are a separate package
    OAuth2Session,
    OAuthError,
)
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet
from requests import RequestException, Session

from grader.services.accounts.sign_in import Identity
from grader.services.errors import IdentityRefused, IssuerAway

log = structlog.get_logger(__name__)

SECONDS: Final = 5.0
"""Seconds without a response after which an issuer is considered unavailable: a waiting person holds a web thread."""

KEPT_SECONDS: Final = 3600.0
LEEWAY: Final = 60
"""Seconds by which clocks may differ."""

ALGORITHMS: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
NOT_KNOWN: Final = frozenset({"invalid_client", "unauthorized_client"})
"""The errors of an issuer that has a different secret for us, requires one, or does not know us."""

DISCOVERY: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class OidcClient:
    """This service's registration at an issuer. With `trusts_email`, addresses count as verified without that claim.

    Without a secret we are a public client (RFC 6749, 2.1): PKCE alone proves that the code was requested by its
    bearer.
    """

    issuer: str
    client_id: str
    secret: str | None = field(default=None, repr=False)
    trusts_email: bool = False


@dataclass(frozen=True, slots=True)
class Journey:
    """The state that a browser keeps during the round trip; only `state` and `nonce` are sent along."""

    state: str
    nonce: str
    verifier: str


def new_journey() -> Journey:
    """Return a new, unguessable state."""
    return Journey(token_urlsafe(24), token_urlsafe(24), token_urlsafe(48))


class Provider:
    """An issuer that signs people in. One per process: its metadata is fetched once an hour."""

    def __init__(self, client: OidcClient) -> None:
        self._client = client
        self._http = Session()
        self._known: dict[str, Any] = {}
        self._keys: KeySet | None = None
        self._known_until = 0.0

    def departure(self, journey: Journey, back: str) -> str:
        """Return the URL to which the browser is sent; it comes back to `back`.

        Raises:
            IssuerAway: the issuer's metadata cannot be fetched.
        """
        with self._session(back) as session:
            url, _ = session.create_authorization_url(
                self._place("authorization_endpoint"),
                state=journey.state,
                nonce=journey.nonce,
                code_verifier=journey.verifier,
            )
        return str(url)

    def arrival(self, brought: Mapping[str, str], journey: Journey, back: str) -> Identity:
        """Return the identity of a person who came back with these parameters.

        Raises:
            IdentityRefused: the state does not match, the sign-in was cancelled, or the token is invalid.
            IssuerAway: the issuer cannot be reached.
        """
        if not compare_digest(brought.get("state", "").encode(), journey.state.encode()):
            raise IdentityRefused("This is the end of another attempt to sign in. Please start again.")
        if brought.get("iss", self._client.issuer) != self._client.issuer:
            raise IdentityRefused("Somebody else answers than was asked. Please start again.")
        if "error" in brought or not brought.get("code"):
            raise IdentityRefused("You were not signed in there. You can try again, or sign in another way.")
        token = self._exchange(brought["code"], journey, back)
        claims = self._believed(str(token.get("id_token", "")), journey)
        return self._identity(claims, token)

    def _identity(self, claims: Mapping[str, Any], token: Mapping[str, Any]) -> Identity:
        if "email" not in claims and self._about().get("userinfo_endpoint"):
            claims = self._more(claims, str(token.get("access_token", "")))
        vouches = claims.get("email_verified") in {True, "true"} or self._client.trusts_email
        email = str(claims["email"]) if vouches and claims.get("email") else None
        return Identity(self._client.issuer, str(claims["sub"]), email, str(claims.get("name", "")))

    def _more(self, claims: Mapping[str, Any], access_token: str) -> Mapping[str, Any]:
        """Fetch missing claims from the userinfo endpoint; claims about another subject are ignored."""
        said = self._get(self._place("userinfo_endpoint"), {"Authorization": f"Bearer {access_token}"})
        return {**said, **claims} if said.get("sub") == claims["sub"] else claims

    def _exchange(self, code: str, journey: Journey, back: str) -> Mapping[str, Any]:
        place = self._place("token_endpoint")
        try:
            with self._session(back) as session:
                given = session.fetch_token(place, code=code, code_verifier=journey.verifier, timeout=SECONDS)
        except OAuthError as error:
            if error.error in NOT_KNOWN:
                log.warning(
                    "the issuer does not take our client id and secret",
                    answer=error.error,
                    secret=bool(self._client.secret),
                )
                raise IssuerAway("The service that signs you in is not set up as it should be.") from error
            raise IdentityRefused("The other service took its word back. Please start again.") from error
        except (RequestException, ValueError) as error:
            raise IssuerAway("The service that signs you in does not answer. Please try again later.") from error
        return dict(given)

    def _believed(self, id_token: str, journey: Journey) -> Mapping[str, Any]:
        try:
            claims = self._decoded(id_token)
            jwt.JWTClaimsRegistry(
                leeway=LEEWAY,
                iss={"essential": True, "value": self._client.issuer},
                aud={"essential": True, "value": self._client.client_id},
                sub={"essential": True},
                exp={"essential": True},
                iat={"essential": True},
                nonce={"essential": True, "value": journey.nonce},
            ).validate(claims)
        except (JoseError, ValueError) as error:
            raise IdentityRefused(
                "What the other service says of you cannot be believed. Please start again."
            ) from error
        audience = claims["aud"]
        if claims.get("azp", self._client.client_id) != self._client.client_id or (
            isinstance(audience, list) and len(audience) > 1 and "azp" not in claims
        ):
            raise IdentityRefused("What the other service says of you was said to somebody else. Please start again.")
        return claims

    def _decoded(self, id_token: str) -> dict[str, Any]:
        """Verify the signature; for an unknown key, fetch the keys once more."""
        try:
            return jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS).claims
        except (JoseError, ValueError):
            self._keys = None
            return jwt.decode(id_token, self._key_set(), algorithms=ALGORITHMS).claims

    def _key_set(self) -> KeySet:
        if self._keys is None:
            self._keys = KeySet.import_key_set(self._get(self._place("jwks_uri")))  # type: ignore[arg-type]  # parsed from JSON
        return self._keys

    def _session(self, back: str) -> Any:
        methods = self._about().get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        method = "client_secret_basic" if "client_secret_basic" in methods else "client_secret_post"
        return OAuth2Session(
            self._client.client_id,
            self._client.secret,
            token_endpoint_auth_method=method if self._client.secret else "none",
            scope="openid email profile",
            redirect_uri=back,
            code_challenge_method="S256",
        )

    def _place(self, name: str) -> str:
        place = self._about().get(name)
        if not isinstance(place, str) or not place.startswith(("https://", "http://")):
            raise IssuerAway("The service that signs you in is not set up as it should be.")
        return place

    def _about(self) -> dict[str, Any]:
        """Return the issuer's metadata, if its issuer is the expected one."""
        if monotonic() >= self._known_until:
            said = self._get(self._client.issuer.rstrip("/") + DISCOVERY)
            if said.get("issuer") != self._client.issuer:
                raise IssuerAway("The service that signs you in is not the one that it should be.")
            self._known, self._keys, self._known_until = said, None, monotonic() + KEPT_SECONDS
        return self._known

    def _get(self, url: str, headers: Mapping[str, str] | None = None) -> dict[str, Any]:
        try:
            reply = self._http.get(url, headers=dict(headers or {}), timeout=SECONDS, allow_redirects=False)
            reply.raise_for_status()
            said = reply.json()
        except (RequestException, ValueError) as error:
            raise IssuerAway("The service that signs you in does not answer. Please try again later.") from error
        return said if isinstance(said, dict) else {}
