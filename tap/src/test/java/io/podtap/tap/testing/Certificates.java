/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.testing;

import io.podtap.core.trust.Trust;
import io.podtap.core.trust.TrustFiles;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Authority.Request;
import io.podtap.core.trust.authority.Authority.Usage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Certificates of a tap, a sensor and a stranger, in folders of their own. */
public final class Certificates {

  public static final String SENSOR = "sensor.podtap.svc";

  private static final int DAYS = 3;

  private final Path folder;

  /** Makes them below {@code folder}. */
  public Certificates(Path folder) throws IOException {
    this.folder = folder;
    Authority authority = Authority.make("tunnel", DAYS);
    write("tap", authority, new Request("tap", List.of("dns:tap"), Usage.CLIENT, DAYS));
    write("sensor", authority, new Request("sensor", List.of("dns:" + SENSOR), Usage.SERVER, DAYS));
    Authority other = Authority.make("other", DAYS);
    write("stranger", other, new Request("x", List.of("dns:" + SENSOR), Usage.SERVER, DAYS));
    Files.writeString(path("stranger").resolve("ca.crt"), authority.certificate());
  }

  private void write(String name, Authority signer, Request request) throws IOException {
    Authority.Issued issued = signer.issue(request);
    Path target = Files.createDirectories(path(name));
    Files.writeString(target.resolve("tls.crt"), issued.chain());
    Files.writeString(target.resolve("tls.key"), issued.key());
    Files.writeString(target.resolve("ca.crt"), signer.certificate());
  }

  /** Returns the folder of {@code tap}, {@code sensor} or {@code stranger}. */
  public Path path(String name) {
    return folder.resolve(name);
  }

  public TrustFiles files(String name) {
    Path from = path(name);
    return TrustFiles.of(from.resolve("tls.crt"), from.resolve("tls.key"), from.resolve("ca.crt"));
  }

  public Trust trust(String name, String... peers) {
    return Trust.load(files(name), List.of(peers));
  }
}
