/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.webhook.TestCertificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdentityTest {

  /** A P-256 key's PKCS #8: two headers, the version and the algorithm, then what RFC 5915 has. */
  private static final int PKCS8_BYTES = 28;

  @TempDir private Path folder;

  @Test
  void anEcKeyOfItsOwnFormIsRead() throws Exception {
    TestCertificates.write(folder, Authority.KeyKind.EC, false);
    String pem = Files.readString(folder.resolve("tls.key"));
    byte[] pkcs8 = Base64.getMimeDecoder().decode(pem.replaceAll("-----[^-]+-----", ""));
    byte[] own = Arrays.copyOfRange(pkcs8, PKCS8_BYTES, pkcs8.length);
    String text =
        "-----BEGIN EC PRIVATE KEY-----\n"
            + Base64.getMimeEncoder().encodeToString(own)
            + "\n-----END EC PRIVATE KEY-----\n";
    assertThat(Identity.parse(Files.readString(folder.resolve("tls.crt")), text).chain())
        .hasSize(2);
  }
}
