/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.util.List;
import javax.net.ssl.SSLContext;

/**
 * A key and certificate of an API server at 127.0.0.1.
 *
 * @param pem the authority that it is signed by
 */
public record ClusterCertificate(SSLContext context, String pem) {

  private static final int DAYS = 30;

  /** Makes another one, with an authority of its own. */
  public static ClusterCertificate make() {
    try {
      Authority authority = Authority.make("kubernetes", DAYS);
      Authority.Issued issued =
          authority.issue(
              new Authority.Request(
                  "kube-apiserver",
                  List.of("ip:127.0.0.1", "ip:0:0:0:0:0:0:0:1", "dns:localhost"),
                  Authority.Usage.SERVER,
                  DAYS));
      Identity identity = Identity.parse(issued.chain(), issued.key());
      SSLContext context = new CurrentIdentity(identity).context();
      return new ClusterCertificate(context, authority.certificate());
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }
}
