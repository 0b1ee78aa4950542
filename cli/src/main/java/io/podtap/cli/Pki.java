/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli;

import io.podtap.core.config.Program;
import io.podtap.core.config.SettingsException;
import io.podtap.core.trust.authority.Authority;
import io.podtap.core.trust.authority.Authority.Request;
import io.podtap.core.trust.authority.Authority.Usage;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code podtap pki}: an authority and certificates for trying the encrypted tunnel out, in the
 * files that cert-manager would write.
 */
@Command(
    name = "pki",
    description = {
      "Create a certificate authority and certificates to test encrypted transport.",
      "If the folder contains an authority, it signs; its certificates are renewed.",
    },
    sortOptions = false)
public final class Pki implements Program {

  private static final int AUTHORITY_DAYS = 3_650;
  private static final int DAYS_MAX = AUTHORITY_DAYS;
  private static final String CERTIFICATE = "tls.crt";
  private static final String KEY = "tls.key";
  private static final String AUTHORITY = "ca.crt";
  private static final String AUTHORITY_KEY = "ca.key";
  private static final Pattern LABEL = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9*]([-A-Za-z0-9.:]{0,251})?");

  @Option(
      names = "--dir",
      required = true,
      paramLabel = "DIR",
      description = "Folder for all files; created if it does not exist.")
  private Path folder = Path.of(".");

  @Option(
      names = "--sensor",
      split = ",",
      paramLabel = "NAME",
      description =
          "Names or addresses of the sensor (default: podtap-sensor, alone and with .podtap.svc and"
              + " .podtap.svc.cluster.local).")
  private List<String> sensors =
      List.of(
          "podtap-sensor", "podtap-sensor.podtap.svc", "podtap-sensor.podtap.svc.cluster.local");

  @Option(
      names = "--tap",
      split = ",",
      paramLabel = "NAMESPACE",
      description =
          "Namespaces whose taps get a certificate with their name (default: the namespace"
              + " default).")
  private List<String> namespaces = List.of("default");

  @Option(
      names = "--trust-domain",
      paramLabel = "DOMAIN",
      description = "Trust domain of the taps' SPIFFE IDs (default: ${DEFAULT-VALUE}).")
  private String domain = "cluster.local";

  @Option(
      names = "--days",
      paramLabel = "N",
      description = "Days for which the certificates are valid (default: ${DEFAULT-VALUE}).")
  private int days = 90;

  @Override
  public Integer call() {
    if (days < 1 || days > DAYS_MAX) {
      throw new SettingsException("days " + days + " is out of range 1 to " + DAYS_MAX);
    }
    sensors.forEach(name -> require(NAME, "sensor", name));
    namespaces.forEach(name -> require(LABEL, "namespace", name));
    require(NAME, "trust domain", domain);
    PrintStream out = System.out;
    try {
      Files.createDirectories(folder);
      Authority authority = authority(out);
      issue(authority, "sensor", new Request("podtap-sensor", names(), Usage.SERVER, days), out);
      for (String namespace : namespaces) {
        String uri = "uri:spiffe://" + domain + "/ns/" + namespace + "/sa/podtap-tap";
        issue(
            authority,
            "tap-" + namespace,
            new Request("podtap-tap", List.of(uri), Usage.CLIENT, days),
            out);
      }
      return 0;
    } catch (IOException e) {
      throw new SettingsException("certificates in '" + folder + "': " + e.getMessage(), e);
    }
  }

  private static void require(Pattern pattern, String what, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new SettingsException("invalid " + what + " '" + text + "'");
    }
  }

  /** Names are DNS names unless they can only be addresses. */
  private List<String> names() {
    List<String> names = new ArrayList<>();
    for (String name : sensors) {
      boolean isAddress = name.indexOf(':') >= 0 || name.matches("[0-9.]+");
      names.add((isAddress ? "ip:" : "dns:") + name);
    }
    return names;
  }

  private Authority authority(PrintStream out) throws IOException {
    Path certificate = folder.resolve(AUTHORITY);
    Path key = folder.resolve(AUTHORITY_KEY);
    if (Files.exists(certificate) && Files.exists(key)) {
      return new Authority(
          Files.readString(certificate, StandardCharsets.US_ASCII),
          Files.readString(key, StandardCharsets.US_ASCII));
    }
    Authority made = Authority.make("podtap-authority", AUTHORITY_DAYS);
    write(certificate, made.certificate());
    write(key, made.key());
    out.println(key + "  keep it secret: it signs certificates of taps and sensors");
    return made;
  }

  private void issue(Authority authority, String name, Request request, PrintStream out)
      throws IOException {
    Authority.Issued issued = authority.issue(request);
    Path target = Files.createDirectories(folder.resolve(name));
    write(target.resolve(AUTHORITY), authority.certificate());
    write(target.resolve(KEY), issued.key());
    write(target.resolve(CERTIFICATE), issued.chain());
    out.println(
        target
            + "  "
            + request.usage().name().toLowerCase(java.util.Locale.ROOT)
            + "  "
            + String.join(", ", request.names()));
  }

  /** Writes a file that only its owner reads, so that readers see the former one or all of it. */
  private static void write(Path file, String text) throws IOException {
    Path half =
        Files.createTempFile(
            file.toAbsolutePath().getParent(),
            ".podtap",
            "",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(half, text, StandardCharsets.US_ASCII);
      Files.move(half, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(half);
    }
  }
}
