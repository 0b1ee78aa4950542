/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import io.podtap.core.config.SettingsException;
import java.util.List;

/**
 * A certificate that the webhook makes and renews itself.
 *
 * @param secret name of the Secret in the webhook's namespace that its replicas share
 * @param configuration name of the MutatingWebhookConfiguration that is told whom to believe
 * @param names DNS names that the API server calls the webhook by, the full one first
 * @param days how long a certificate lives; it is renewed when a third of that is left
 */
public record OwnCertificate(String secret, String configuration, List<String> names, int days) {

  private static final int DAYS_MAX = 3_650;

  public OwnCertificate {
    names = List.copyOf(names);
    if (days < 1 || days > DAYS_MAX) {
      throw new SettingsException("certificate days " + days + " is out of range 1 to " + DAYS_MAX);
    }
    for (String name : List.of(secret, configuration)) {
      requireName(name);
    }
    names.forEach(OwnCertificate::requireName);
  }

  private static void requireName(String name) {
    if (!name.matches("[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?")) {
      throw new SettingsException("'" + name + "' is not a valid Kubernetes name");
    }
  }

  /** Returns the names of a service inside the cluster. */
  public static List<String> namesOf(String service, String namespace) {
    String full = service + '.' + namespace + ".svc";
    return List.of(full, full + ".cluster.local", service + '.' + namespace, service);
  }
}
