/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor;

import static org.assertj.core.api.Assertions.assertThat;

import io.podtap.core.json.JsonReader;
import io.podtap.core.packet.Frame;
import io.podtap.core.packet.LinkType;
import io.podtap.sensor.broker.BrokerClient;
import io.podtap.sensor.broker.BrokerSettings;
import io.podtap.sensor.broker.Outbox;
import io.podtap.sensor.identity.Bindings;
import io.podtap.sensor.identity.IdentitySink;
import io.podtap.sensor.identity.Owner;
import io.podtap.sensor.identity.Place;
import io.podtap.sensor.identity.Source;
import io.podtap.sensor.identity.TapOwners;
import io.podtap.sensor.log.JsonFormat;
import io.podtap.sensor.log.LogFormat;
import io.podtap.sensor.log.TsvFormat;
import io.podtap.sensor.parse.x509.CertificateText;
import io.podtap.sensor.sink.BrokerSink;
import io.podtap.sensor.sink.FolderSink;
import io.podtap.sensor.sink.LogLosses;
import io.podtap.sensor.sink.LogSink;
import io.podtap.sensor.sink.Rotation;
import io.podtap.sensor.track.Tracker;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Owners in log files of both formats and in messages for a broker, as others read them. */
final class OwnersInFilesTest {

  private static final long START_NS = 1_700_000_000_000_000_000L;

  /** Logs whose records belong to flows, with and without columns for them. */
  private static final List<String> LOGS = List.of("conn", "http", "files", "ssl", "x509");

  @TempDir private Path folder;

  private final Bindings bindings = new Bindings(1 << 20, Long.MAX_VALUE, /* isJournaled= */ false);

  OwnersInFilesTest() {
    bind(
        Conversation.CLIENT,
        new Owner(Owner.Kind.POD, "shop", "web-1", "u", "n1", "Deployment", "web", "sa", "", ""));
    bind(Conversation.SERVER, Owner.service("pay", "api", "https"));
  }

  private void bind(int address, Owner owner) {
    Place place = Place.of(0, 0xFFFF_0000_0000L | Integer.toUnsignedLong(address));
    bindings.open(place, Source.API, owner, START_NS - 1, START_NS - 1);
  }

  private IdentitySink named(LogSink sink, Set<String> logs) {
    return new IdentitySink(
        sink,
        new IdentitySink.Settings(bindings, TapOwners.NONE, logs, /* namesBytesMax= */ 1 << 16));
  }

  /** Analyses a request with an answer, and a handshake with a certificate. */
  private static void analyse(LogSink sink) {
    Exchanges request = new Exchanges("HTTP/1.1", 80, "http", "uri", "status_code");
    request
        .client("GET /a HTTP/1.1\r\nHost: h\r\n\r\n")
        .server("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Type: text/plain\r\n\r\nhello")
        .close();
    Exchanges handshake = new Exchanges("TLS", 443, "ssl", "server_name", "version");
    handshake
        .clientHex(message(1, "0303" + "11".repeat(32) + "00" + "0002c02f" + "0100"))
        .serverHex(message(2, "0303" + "22".repeat(32) + "00" + "c02f00"))
        .serverHex(chain(CertificateText.certificate("example.com")))
        .close();
    AnalysisSettings settings = AnalysisSettings.standard(new Tracker.Settings(64, true, 1));
    long nowNs = START_NS;
    try (Analysis analysis = new Analysis(settings, sink, /* tapName= */ null)) {
      for (Exchanges talk : List.of(request, handshake)) {
        for (Exchanges.Packet packet : talk.packets()) {
          byte[] bytes = packet.bytes();
          Frame frame = new Frame();
          frame
              .wrap(MemorySegment.ofArray(bytes), 0, bytes.length, bytes.length, nowNs)
              .received(nowNs)
              .origin(LinkType.RAW, 0, /* outgoing= */ false);
          analysis.onFrame(frame);
          nowNs += 1_000_000;
        }
      }
    }
  }

  private static String message(int type, String body) {
    String whole = String.format(Locale.ROOT, "%02x%06x", type, body.length() / 2) + body;
    return String.format(Locale.ROOT, "160303%04x", whole.length() / 2) + whole;
  }

  private static String chain(String certificate) {
    String entry = String.format(Locale.ROOT, "%06x", certificate.length() / 2) + certificate;
    return message(11, String.format(Locale.ROOT, "%06x", entry.length() / 2) + entry);
  }

  private LogSink files(String name, LogFormat format) {
    return new FolderSink(
        folder.resolve(name), format, Rotation.NEVER, () -> START_NS, new LogLosses());
  }

  /** Returns columns of a log by its header, as zeek-cut does. */
  private List<String> cut(String name, String log, List<String> columns) throws IOException {
    List<String> rows = new ArrayList<>();
    List<String> header = header(name, log);
    for (String line : Files.readAllLines(folder.resolve(name).resolve(log + ".log"))) {
      if (!line.startsWith("#")) {
        String[] words = line.split("\t", -1);
        assertThat(words).hasSize(header.size());
        rows.add(
            String.join("\t", columns.stream().map(one -> words[header.indexOf(one)]).toList()));
      }
    }
    return rows;
  }

  private List<String> header(String name, String log) throws IOException {
    for (String line : Files.readAllLines(folder.resolve(name).resolve(log + ".log"))) {
      if (line.startsWith("#fields\t")) {
        return List.of(line.substring("#fields\t".length()).split("\t", -1));
      }
    }
    throw new IllegalStateException(log + ".log has no header");
  }

  /** Ids of files are drawn at random. */
  private static boolean isDrawn(String column) {
    return column.contains("fuid");
  }

  @Test
  void columnsOfZeekStayAsTheyAreForThoseWhoReadByTheHeader() throws IOException {
    analyse(files("plain", new TsvFormat()));
    analyse(named(files("named", new TsvFormat()), Set.of()));
    for (String log : LOGS) {
      List<String> before = header("plain", log);
      List<String> after = header("named", log);
      assertThat(after.subList(0, before.size())).as(log).isEqualTo(before);
      assertThat(after.subList(before.size(), after.size()))
          .as("columns behind those of Zeek in %s.log", log)
          .contains("k8s.orig.workload", "k8s.resp.service")
          .allMatch(column -> column.startsWith("k8s.") || column.equals("resp_name"));
      List<String> kept = before.stream().filter(column -> !isDrawn(column)).toList();
      assertThat(cut("named", log, kept)).as(log).isEqualTo(cut("plain", log, kept));
      assertThat(
              cut(
                  "named",
                  log,
                  List.of("k8s.orig.workload", "k8s.orig.pod", "k8s.resp.service", "k8s.resp.pod")))
          .as(log)
          .isNotEmpty()
          .containsOnly("Deployment/web\tweb-1\tapi\t-");
    }
  }

  @Test
  void jsonHasTheSameMembersAndMore() throws IOException {
    analyse(files("plain", new JsonFormat()));
    analyse(named(files("named", new JsonFormat()), Set.of()));
    for (String log : LOGS) {
      List<Map<String, String>> before = objects("plain", log);
      List<Map<String, String>> after = objects("named", log);
      assertThat(after).as(log).hasSameSizeAs(before).isNotEmpty();
      for (int i = 0; i < before.size(); i++) {
        before.get(i).keySet().removeIf(OwnersInFilesTest::isDrawn);
        assertThat(after.get(i))
            .as(log)
            .containsAllEntriesOf(before.get(i))
            .containsEntry("k8s.orig.namespace", "shop")
            .containsEntry("k8s.orig.workload", "Deployment/web")
            .containsEntry("k8s.orig.service_account", "sa")
            .containsEntry("k8s.resp.namespace", "pay")
            .containsEntry("k8s.resp.service", "api")
            .doesNotContainKeys("k8s.resp.pod", "k8s.late");
      }
    }
  }

  private List<Map<String, String>> objects(String name, String log) throws IOException {
    List<Map<String, String>> objects = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(name).resolve(log + ".log"))) {
      objects.add(object(line));
    }
    return objects;
  }

  private static Map<String, String> object(String line) throws IOException {
    JsonReader json =
        new JsonReader(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
    Map<String, String> members = new LinkedHashMap<>();
    assertThat(json.enterObject()).isTrue();
    while (json.more()) {
      members.put(json.name(), json.scalar());
    }
    return members;
  }

  @ParameterizedTest
  @ValueSource(strings = {"conn", "files", "x509"})
  void onlyTheListedLogsHaveColumns(String wanted) throws IOException {
    analyse(named(files("named", new TsvFormat()), Set.of(wanted)));
    for (String log : LOGS) {
      assertThat(header("named", log).contains("k8s.orig.workload"))
          .as(log)
          .isEqualTo(log.equals(wanted));
    }
  }

  /** Takes what an outbox sends. */
  private static final class Messages implements BrokerClient {
    final List<Map.Entry<String, String>> keys = new CopyOnWriteArrayList<>();

    @Override
    public @Nullable String send(
        String topic, byte @Nullable [] key, byte[] value, Receipt receipt) {
      String text = key == null ? "" : new String(key, StandardCharsets.UTF_8);
      keys.add(Map.entry(topic, text));
      receipt.delivered();
      return null;
    }

    @Override
    public void close(Duration patience) {}
  }

  private List<Map.Entry<String, String>> keys(BrokerSettings.Key key, boolean isNamed) {
    Messages messages = new Messages();
    Outbox outbox =
        new Outbox(
            messages,
            new BrokerSettings("a:1", "{log}", Map.of()),
            1_000,
            1 << 20,
            Duration.ofSeconds(30),
            new PrintStream(new ByteArrayOutputStream(), true, StandardCharsets.UTF_8));
    LogSink sink = new BrokerSink(outbox, key);
    analyse(isNamed ? named(sink, Set.of()) : sink);
    return messages.keys;
  }

  @Test
  void theKeyOfAMessageIsTheWorkloadWhereItIsKnown() {
    assertThat(keys(BrokerSettings.Key.WORKLOAD, true))
        .filteredOn(message -> LOGS.contains(message.getKey()))
        .hasSizeGreaterThanOrEqualTo(LOGS.size())
        .allMatch(message -> message.getValue().equals("shop/Deployment/web"));
    assertThat(keys(BrokerSettings.Key.WORKLOAD, /* isNamed= */ false))
        .filteredOn(message -> message.getKey().equals("conn"))
        .hasSize(2)
        .allMatch(message -> message.getValue().startsWith("C"));
    assertThat(keys(BrokerSettings.Key.UID, true))
        .filteredOn(message -> message.getKey().equals("http"))
        .hasSize(1)
        .allMatch(message -> message.getValue().startsWith("C"));
  }
}
