"""What asks for MFA beside policies: per-user MFA and security defaults (part 6.8, decision 0110)."""
import audiences
import signin as facts

ADMINISTRATORS = frozenset({
    "62e90394-69f5-4237-9190-012177145e10", "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3",
    "c4e39bd9-1100-46d3-8c65-fb160da0071f", "b0f54661-2d74-4c50-afa3-1ec803f12efe",
    "158c047a-c907-4556-b7ef-446551a6b5f7", "b1be1c3e-b65d-4f19-8427-f6fa0d97feb9",
    "29232cdf-9323-42fd-ade2-1d097af3e4de", "729827e3-9c14-49f7-bb1b-9608f156bbb8",
    "966707d0-3269-4727-9be2-8c3a10f19b9d", "7be44c8a-adaf-4e2a-84d6-ab2649e08a13",
    "e8611ab8-c189-46e8-94e1-60213ab1f814", "194ae4cb-b126-40b2-bd5b-6091b380977d",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c", "fe930be7-5e62-47db-91af-98c3a49a38b1"})
MANAGEMENT = frozenset({audiences.AZURE_MANAGEMENT, audiences.AZURE_PORTAL})


def per_user_mfa(tenant, signin):
    return (signin.person is not None and signin.person.per_user_mfa in ("enabled", "enforced")
            and signin.client_app in facts.MODERN and not tenant.networks.is_mfa_trusted(signin))


def defaults_ask_mfa(tenant, signin):
    person = signin.person
    if person is None or not tenant.has_security_defaults:
        return False
    return (not person.roles.isdisjoint(ADMINISTRATORS) or not signin.audiences.isdisjoint(MANAGEMENT)
            or (person.registration_is_due and not person.has_method))


def defaults_block(tenant, signin):
    return tenant.has_security_defaults and signin.person is not None and signin.is_legacy()
