/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.identity;

import io.podtap.core.config.SettingsException;
import io.podtap.core.json.JsonReader;
import io.podtap.core.packet.IpProtocol;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads journals that {@link IdentityLog} declares, in JSON or tab-separated, compressed or not,
 * into bindings whose past is complete. What a journal ends without is open.
 */
public final class IdentityFile {

  private static final int GZIP_MAGIC = 0x1F8B;
  private static final String UNSET = "-";
  private static final String LABELS = "labels";
  private static final String CONTAINERS = "containers";
  private static final Set<String> SETS = Set.of(LABELS, CONTAINERS);

  private final Bindings target;

  /** Intervals by place, pod and beginning, until their end is read. */
  private final Map<Key, Binding> open = new HashMap<>();

  private boolean hasApi;

  private record Key(Place place, String owner, long fromNs) {}

  private IdentityFile(Bindings target) {
    this.target = target;
  }

  /**
   * Reads files one after another, as rotation has made them.
   *
   * @throws SettingsException naming file and line when one cannot be read or is no journal
   */
  public static void read(List<Path> files, Bindings target) {
    IdentityFile reading = new IdentityFile(target);
    for (Path file : files) {
      try (InputStream in = unzipped(new BufferedInputStream(Files.newInputStream(file)))) {
        reading.read(file, in);
      } catch (IOException e) {
        throw new SettingsException(
            "identities file '" + file + "' cannot be read: " + e.getMessage(), e);
      }
    }
    if (reading.hasApi) {
      target.complete();
    }
    long rejected = target.counts().rejected();
    if (rejected > 0) {
      throw new SettingsException(
          "identities files hold "
              + rejected
              + " records more than fit into "
              + (target.counts().bytes() >>> 20)
              + " MiB: use a larger heap or fewer files");
    }
  }

  private static InputStream unzipped(BufferedInputStream in) throws IOException {
    in.mark(2);
    int magic = in.read() << 8 | in.read();
    in.reset();
    return magic == GZIP_MAGIC ? new GZIPInputStream(in) : in;
  }

  private void read(Path file, InputStream in) throws IOException {
    BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
    List<String> columns = List.of();
    int number = 0;
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      number++;
      if (line.startsWith("#fields\t")) {
        columns = words(line.substring(line.indexOf('\t') + 1));
      }
      if (line.isEmpty() || line.startsWith("#")) {
        continue;
      }
      try {
        take(line.startsWith("{") ? json(line) : tabbed(columns, line));
      } catch (IOException | IllegalArgumentException | ArithmeticException e) {
        throw new SettingsException(
            "identities file '" + file + "', line " + number + ": " + e.getMessage(), e);
      }
    }
  }

  private static List<String> words(String line) {
    return Arrays.asList(line.split("\t", -1));
  }

  private static Map<String, String> tabbed(List<String> columns, String line) {
    List<String> words = words(line);
    if (columns.isEmpty() || words.size() != columns.size()) {
      throw new IllegalArgumentException("invalid record: expected JSON or the #fields of a log");
    }
    Map<String, String> values = new HashMap<>();
    for (int i = 0; i < words.size(); i++) {
      if (!words.get(i).equals(UNSET)) {
        values.put(columns.get(i), words.get(i));
      }
    }
    return values;
  }

  private static Map<String, String> json(String line) throws IOException {
    Map<String, String> values = new HashMap<>();
    JsonReader json =
        new JsonReader(new java.io.ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
    if (json.enterObject()) {
      while (json.more()) {
        String name = json.name();
        values.put(name, SETS.contains(name) ? joined(json) : json.scalar());
      }
    }
    return values;
  }

  private static String joined(JsonReader json) throws IOException {
    StringJoiner texts = new StringJoiner(",");
    if (json.enterArray()) {
      while (json.more()) {
        texts.add(json.text());
      }
    }
    return texts.toString();
  }

  private void take(Map<String, String> values) throws IOException {
    Place place = place(values);
    Owner owner = owner(values);
    long fromNs = timeNs(values, "from");
    hasApi |= "api".equals(values.get("source"));
    boolean isEnd = "end".equals(values.get("action"));
    Key key = new Key(place, ownerKey(owner), fromNs);
    Binding binding = open.get(key);
    if (binding == null) {
      Source source = "annotation".equals(values.get("source")) ? Source.ANNOTATION : Source.FILE;
      binding = target.open(place, source, owner, fromNs, fromNs);
      if (binding == null) {
        return;
      }
      open.put(key, binding);
    } else {
      target.describe(binding, owner, fromNs);
    }
    if (isEnd) {
      open.remove(key);
      target.close(binding, timeNs(values, "until"), fromNs);
    }
  }

  private static String ownerKey(Owner owner) {
    return owner.kind().name()
        + ' '
        + owner.namespace()
        + ' '
        + owner.pod()
        + ' '
        + owner.uid()
        + ' '
        + owner.service()
        + (owner.kind() == Owner.Kind.NODE ? owner.node() : "");
  }

  private static Place place(Map<String, String> values) throws IOException {
    String address = values.getOrDefault("address", "");
    int port = Integer.parseInt(values.getOrDefault("port", "0"));
    if (port < 0 || port > 65_535 || (address.isEmpty() && port == 0)) {
      throw new IllegalArgumentException("invalid record: neither address nor port");
    }
    int protocol = "udp".equals(values.get("proto")) ? IpProtocol.UDP : IpProtocol.TCP;
    Place where =
        address.isEmpty() ? Place.of(0, 0) : Addresses.place(InetAddress.ofLiteral(address));
    return port == 0
        ? where
        : new Place(where.high(), where.low(), Identities.portOf(protocol, port));
  }

  private static Owner owner(Map<String, String> values) {
    String kind = values.getOrDefault("kind", "");
    return new Owner(
        switch (kind) {
          case "pod" -> Owner.Kind.POD;
          case "node" -> Owner.Kind.NODE;
          case "service" -> Owner.Kind.SERVICE;
          default ->
              throw new IllegalArgumentException(
                  String.format(Locale.ROOT, "invalid record: kind '%.40s'", kind));
        },
        shared(values, "namespace"),
        shared(values, "pod"),
        shared(values, "uid"),
        shared(values, "node"),
        shared(values, "workload_kind"),
        shared(values, "workload"),
        shared(values, "service_account"),
        shared(values, "service"),
        shared(values, "port_name"),
        shared(values, LABELS),
        shared(values, CONTAINERS));
  }

  private static String shared(Map<String, String> values, String name) {
    return SharedTexts.of(values.getOrDefault(name, ""));
  }

  private static long timeNs(Map<String, String> values, String name) {
    @Nullable String text = values.get(name);
    if (text == null) {
      throw new IllegalArgumentException("invalid record: no time '" + name + "'");
    }
    return new BigDecimal(text).movePointRight(9).toBigInteger().longValueExact();
  }
}
