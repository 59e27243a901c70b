// The tenant that scenarios begin with.
export const ids = {
  tenant: "5f3c1e0a-7d2b-4c6e-9a41-0b8d2f6e7c10",
  web: "6f1d2c3b-0000-4000-8000-00000000da7a",
  spare: "6f1d2c3b-0000-4000-8000-00000000da7b",
  public: "7a2e3d4c-0000-4000-8000-0000000c11e7",
  graph: "00000003-0000-0000-c000-000000000000",
  mail: "00000002-0000-0ff1-ce00-000000000000",
  sites: "00000003-0000-0ff1-ce00-000000000000",
  flow: "7df0a125-d3be-4c96-aa54-591f83ff541c",
  management: "797f4846-ba00-4fd7-ba43-dac1f8f63013",
  adminPortal: "c44b4083-3bb0-49c1-b47d-974e53cbdf3c",
  ann: "0c1d6a52-3f0e-4a55-8a52-6c1b7f3f1a01",
  bob: "2b7e8c14-94c5-4f0d-b0b6-27a1f3d5ce02",
};

export const people = {
  ann: { user: "ann@contoso.test", password: "Correct-Horse-1", secret: "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP" },
  bob: { user: "bob@contoso.test", password: "Correct-Horse-2" },
};

const graphScopes = ["openid", "profile", "email", "offline_access", "User.Read"];

export const seed = (more = {}) => ({
  tenant: { id: ids.tenant, domain: "contoso.test", displayName: "Contoso" },
  users: [
    {
      id: ids.ann, userPrincipalName: people.ann.user, displayName: "Ann Admin", mail: people.ann.user,
      password: people.ann.password, totpSecret: people.ann.secret, roles: ["Global Administrator"],
    },
    { id: ids.bob, userPrincipalName: people.bob.user, displayName: "Bob Builder", mail: people.bob.user, password: people.bob.password },
  ],
  applications: [
    {
      id: "c8d9e0f1-1a2b-4c3d-8e4f-5a6b7c8d9e05", appId: ids.web, displayName: "Web app",
      web: { redirectUris: ["http://localhost/callback"] }, secrets: ["web-secret"],
      postLogoutRedirectUris: ["http://localhost/signed-out"],
      grants: [{ resource: ids.graph, scopes: graphScopes }, { resource: ids.mail, scopes: ["Mail.Send"] }],
    },
    {
      id: "c8d9e0f1-1a2b-4c3d-8e4f-5a6b7c8d9e06", appId: ids.spare, displayName: "Spare app",
      web: { redirectUris: ["http://localhost/spare"] }, secrets: ["spare-secret"],
      grants: [{ resource: ids.graph, scopes: graphScopes }],
    },
    {
      id: "d1e2f3a4-5b6c-4d7e-8f90-a1b2c3d4e506", appId: ids.public, displayName: "Command line",
      publicClient: { redirectUris: ["http://localhost"] }, isFallbackPublicClient: true,
      grants: [{ resource: ids.graph, scopes: graphScopes }],
    },
  ],
  ...more,
});

export const web = { id: ids.web, secret: "web-secret", redirect: "http://localhost/callback" };
export const spare = { id: ids.spare, secret: "spare-secret", redirect: "http://localhost/spare" };
export const publicClient = { id: ids.public, redirect: "http://localhost" };

// A conditional access policy as Graph takes it.
export const policy = (displayName, { applications = ["All"], users = ["All"], controls = ["mfa"], state = "enabled", locations, excludeUsers } = {}) => ({
  displayName,
  state,
  conditions: {
    clientAppTypes: ["all"],
    applications: { includeApplications: applications },
    users: { includeUsers: users, ...(excludeUsers ? { excludeUsers } : {}) },
    ...(locations ? { locations } : {}),
  },
  grantControls: { operator: "OR", builtInControls: controls },
});

export const policies = "/v1.0/identity/conditionalAccess/policies";
