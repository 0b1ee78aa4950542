/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.ledger;

import io.podtap.core.config.SettingsException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Fetches what a user names, a file or a metrics port, and finds out by its content what it is. */
final class Sources {

  private static final int TIMEOUT_MS = 5_000;

  /** A sensor with four thousand taps says about three MiB; a log of a year may be larger. */
  private static final int BYTES_MAX = 1 << 30;

  private Sources() {}

  /**
   * Adds what one source says.
   *
   * @throws SettingsException when it cannot be read or is nothing of ours
   */
  static void read(String source, Statements statements) {
    Statements its = new Statements();
    try {
      boolean isAddress = source.startsWith("http://");
      String text = isAddress ? fetch(source) : Files.readString(Path.of(source));
      parse(isAddress ? URI.create(source).getAuthority() : source, text.stripLeading(), its);
    } catch (IOException | IllegalArgumentException | URISyntaxException e) {
      throw new SettingsException("'" + source + "' cannot be read: " + e, e);
    }
    if (its.isEmpty()) {
      throw new SettingsException(
          "'"
              + source
              + "' says nothing of a tap: neither a tap's or sensor's count file, nor a tap.log"
              + " with records, nor metrics");
    }
    statements.taps().addAll(its.taps());
    statements.sensors().addAll(its.sensors());
  }

  static void parse(String source, String text, Statements statements) throws IOException {
    if (text.startsWith("{")) {
      JsonStatements.read(source, text, statements);
    } else if (text.startsWith("#separator")) {
      TapLogReader log = new TapLogReader(source);
      log.addTabbed(text);
      statements.sensors().addAll(log.accounts());
    } else {
      MetricsStatements.read(source, text, statements);
    }
  }

  private static String fetch(String source) throws IOException, URISyntaxException {
    URI address = new URI(source);
    if (address.getPath() == null || address.getPath().length() < 2) {
      address = address.resolve("/metrics");
    }
    HttpURLConnection connection = (HttpURLConnection) address.toURL().openConnection();
    connection.setConnectTimeout(TIMEOUT_MS);
    connection.setReadTimeout(TIMEOUT_MS);
    try (InputStream in = connection.getInputStream()) {
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      all.writeBytes(in.readNBytes(BYTES_MAX));
      return all.toString(StandardCharsets.UTF_8);
    } finally {
      connection.disconnect();
    }
  }
}
