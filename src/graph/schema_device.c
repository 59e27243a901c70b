#include "base/base.h"
#include "graph/graph.h"

/* Devices, as the Graph v1.0 metadata has them; what an MDM sets is set with PATCH. Words
 * that exports write in two letter cases are taken in both. */

static const char *const trust_types[] = {"AzureAd",  "AzureAD",   "ServerAd",
                                          "ServerAD", "Workplace", NULL};
static const char *const ownerships[] = {"Company",  "Personal", "Unknown", "company",
                                         "personal", "unknown",  NULL};
static const char *const profile_types[] = {"RegisteredDevice", "SecureVM", "Printer",
                                            "Shared",           "IoT",      NULL};

#define EXTENSION(n) {"extensionAttribute" #n, GRAPH_STRING, 0}
static const struct graph_property extension_properties[] = {
    EXTENSION(1),  EXTENSION(2),  EXTENSION(3),  EXTENSION(4),  EXTENSION(5),
    EXTENSION(6),  EXTENSION(7),  EXTENSION(8),  EXTENSION(9),  EXTENSION(10),
    EXTENSION(11), EXTENSION(12), EXTENSION(13), EXTENSION(14), EXTENSION(15),
};
static const struct graph_resource extensions = {
    "onPremisesExtensionAttributes", NULL, extension_properties, HG_COUNT(extension_properties)};

static const struct graph_property device_properties[] = {
    {"id", GRAPH_ID, GRAPH_READ_ONLY},
    {"accountEnabled", GRAPH_BOOL, GRAPH_NOT_NULL},
    {"approximateLastSignInDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"complianceExpirationDateTime", GRAPH_TIME, 0},
    {"createdDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"deviceId", GRAPH_ID, GRAPH_CREATE_ONLY | GRAPH_NOT_NULL},
    {"deviceOwnership", GRAPH_WORD, 0, "Company, Personal or Unknown", ownerships},
    {"displayName", GRAPH_STRING, GRAPH_REQUIRED},
    {"enrollmentProfileName", GRAPH_STRING, 0},
    {"extensionAttributes", GRAPH_OBJECT, 0, NULL, NULL, &extensions},
    {"isCompliant", GRAPH_BOOL, 0},
    {"isManaged", GRAPH_BOOL, 0},
    {"manufacturer", GRAPH_STRING, 0},
    {"mdmAppId", GRAPH_STRING, 0},
    {"model", GRAPH_STRING, 0},
    {"operatingSystem", GRAPH_STRING, GRAPH_REQUIRED},
    {"operatingSystemVersion", GRAPH_STRING, GRAPH_REQUIRED},
    {"physicalIds", GRAPH_STRINGS, 0},
    {"profileType", GRAPH_WORD, 0, "RegisteredDevice, SecureVM, Printer, Shared or IoT",
     profile_types},
    {"registrationDateTime", GRAPH_TIME, GRAPH_READ_ONLY},
    {"systemLabels", GRAPH_STRINGS, 0},
    {"trustType", GRAPH_WORD, 0, "AzureAd, ServerAd or Workplace", trust_types},
};
const struct graph_resource graph_device = {"device", "devices", device_properties,
                                            HG_COUNT(device_properties)};
