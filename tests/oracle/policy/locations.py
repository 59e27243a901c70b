"""Networks: named locations, trusted addresses, countries (part 2)."""
import functools
import ipaddress

ALL_COMPLIANT_NETWORKS = "3d46dbda-8382-466a-856d-eb00cbc6b910"
MFA_TRUSTED_IPS = "00000000-0000-0000-0000-000000000000"


@functools.lru_cache(maxsize=65536)
def address(text):
    """(family, number); an IPv4 address that is mapped into IPv6 is an IPv4 address."""
    found = ipaddress.ip_address(text)
    if found.version == 6 and found.ipv4_mapped is not None:
        found = found.ipv4_mapped
    return found.version, int(found)


@functools.lru_cache(maxsize=65536)
def span(cidr):
    """(family, first, last) of a range in CIDR form, host bits masked."""
    network = ipaddress.ip_network(cidr, strict=False)
    family, first = address(str(network.network_address))
    return family, first, first + network.num_addresses - 1


def spans(ranges):
    for given in ranges:
        if "cidrAddress" in given:
            yield span(given["cidrAddress"])
        else:
            family, first = address(given["lowerAddress"])
            yield family, first, address(given["upperAddress"])[1]


def within(at, among):
    return at is not None and any(family == at[0] and first <= at[1] <= last for family, first, last in among)


class Location:
    def __init__(self, given):
        kind = given.get("@odata.type", "").rpartition(".")[2].lower()
        self.ranges = list(spans(given.get("ipRanges") or ()))
        self.countries = frozenset(code.lower() for code in given.get("countriesAndRegions") or ())
        self.takes_unknown = bool(given.get("includeUnknownCountriesAndRegions"))
        self.by_gps = (given.get("countryLookupMethod") or "").lower() == "authenticatorappgps"
        self.is_network = kind == "compliantnetworknamedlocation" or "compliantNetworkType" in given
        self.is_country = "countriesAndRegions" in given
        self.is_trusted = bool(given.get("isTrusted"))

    def holds(self, signin):
        if self.is_network:
            return signin.is_compliant_network
        if not self.is_country:
            return within(signin.ip, self.ranges)
        if self.by_gps:
            return signin.gps_country in self.countries
        if signin.country is None:
            return self.takes_unknown and signin.ip is not None
        return signin.country in self.countries


class Networks:
    """Every network of a tenant; `holds` answers for one id or keyword of a policy."""

    def __init__(self, locations, trusted_ips):
        self.by_id = {given["id"].lower(): Location(given) for given in locations}
        self.trusted = [location for location in self.by_id.values()
                        if location.is_trusted and not location.is_country]
        self.mfa_trusted = [span(cidr) for cidr in trusted_ips]

    def is_mfa_trusted(self, signin):
        return within(signin.ip, self.mfa_trusted)

    def is_trusted(self, signin):
        return (signin.inside_corporate_network or self.is_mfa_trusted(signin)
                or any(location.holds(signin) for location in self.trusted))

    def holds(self, word, signin):
        if word == "all":
            return True
        if word == "alltrusted":
            return self.is_trusted(signin)
        if word == MFA_TRUSTED_IPS:
            return self.is_mfa_trusted(signin)
        if word == ALL_COMPLIANT_NETWORKS:
            return signin.is_compliant_network
        return word in self.by_id and self.by_id[word].holds(signin)
