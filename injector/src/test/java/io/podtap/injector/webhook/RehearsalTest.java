/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.injector.webhook;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.trust.CurrentIdentity;
import io.podtap.core.trust.Identity;
import io.podtap.core.trust.authority.Authority;
import io.podtap.injector.testing.Templates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A webhook asks itself, whatever its certificate is for. */
final class RehearsalTest {

  @TempDir private Path folder;

  private CurrentIdentity identity() throws Exception {
    TestCertificates.write(folder, Authority.KeyKind.EC, false);
    return new CurrentIdentity(
        Identity.parse(
            Files.readString(folder.resolve("tls.crt")),
            Files.readString(folder.resolve("tls.key"))));
  }

  private static Admission admission() {
    return new Admission(Templates.PLAIN, Set.of(), false);
  }

  @Test
  void asksOverConnectionsThatAreKept() throws Exception {
    assertThat(Rehearsal.run(identity(), admission(), 2)).isEqualTo(16);
  }
}
