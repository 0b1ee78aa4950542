/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.filter.Direction;
import io.podtap.tap.TapSettings;
import io.podtap.tap.TlsSettings;
import io.podtap.tap.encapsulate.Encapsulation;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import io.podtap.tap.source.SourceSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;

/** What a tap can be told: defaults, every key, and what is refused. */
final class TapSettingsTest {

  private static final List<String> REQUIRED =
      List.of("--interface", "eth0", "--sensor", "10.0.0.3", "--vni", "42");

  private static TapSettings parse(List<String> arguments) {
    TapCommand command = new TapCommand();
    new CommandLine(command).parseArgs(arguments.toArray(String[]::new));
    return command.settings();
  }

  /** Replaces what is given twice. */
  private static TapSettings with(String... arguments) {
    List<String> all = new ArrayList<>(REQUIRED);
    for (int i = 0; i < arguments.length; i += 2) {
      int former = all.indexOf(arguments[i]);
      if (former >= 0) {
        all.remove(former);
        all.remove(former);
      }
      all.add(arguments[i]);
      all.add(arguments[i + 1]);
    }
    return parse(all);
  }

  private static TapSettings stream(String... arguments) {
    List<String> all =
        new ArrayList<>(List.of("--interface", "eth0", "--transport", "tls", "--cert", "tls.crt"));
    all.addAll(List.of("--key", "tls.key", "--ca", "ca.crt"));
    all.addAll(List.of(arguments));
    return parse(all);
  }

  @Test
  void aStreamHasPortsAndNamesOfItsOwn() {
    TapSettings settings = stream("--sensor", "10.0.0.3");
    assertThat(settings.sensors().sensors()).containsExactly(Endpoint.parse("10.0.0.3:6343", 0));
    TlsSettings tls = settings.tls().orElseThrow();
    assertThat(tls.files().key()).isEqualTo(Path.of("tls.key"));
    assertThat(tls.sensorNames()).isEmpty();
    assertThat(stream("--sensor", "dns:sensor.ns.svc:7000").tls().orElseThrow().sensorNames())
        .containsExactly("sensor.ns.svc");
    TlsSettings given =
        stream("--sensor", "zeek", "--sensor-name", "a.b, spiffe://x/y", "--queue-bytes", "1048576")
            .tls()
            .orElseThrow();
    assertThat(given.sensorNames()).containsExactly("a.b", "spiffe://x/y");
    assertThat(given.stream().queueBytes()).isEqualTo(1 << 20);
    assertThatThrownBy(() -> stream("--sensor", "10.0.0.3", "--queue-bytes", "3000000"))
        .hasMessageContaining("power of two");
  }

  @Test
  void defaults() {
    TapSettings settings = parse(REQUIRED);
    SourceSettings.Live live = (SourceSettings.Live) settings.source();
    assertThat(live.interfaces()).containsExactly("eth0");
    assertThat(live.filter()).isEmpty();
    assertThat(live.ring().ringBytes()).isEqualTo(8 << 20);
    assertThat(settings.segment().snaplen()).isEqualTo(262_144);
    assertThat(settings.encapsulation().encapsulation()).isEqualTo(Encapsulation.VXLAN);
    assertThat(settings.encapsulation().vni()).isEqualTo(42);
    assertThat(settings.sensors().sensors()).containsExactly(Endpoint.parse("10.0.0.3:4789", 0));
    assertThat(settings.sensors())
        .isEqualTo(SendSettings.of(settings.sensors().sensors(), SendMode.AUTO));
    assertThat(settings.padBytes()).isEqualTo(1);
    assertThat(settings.reporting()).isTrue();
  }

  @Test
  void everyKey() {
    SourceSettings.Live live =
        (SourceSettings.Live)
            with("--interface", "eth0, lo", "--filter", "tcp", "--ring-bytes", "1048576").source();
    assertThat(live.interfaces()).containsExactly("eth0", "lo");
    assertThat(live.filter()).isEqualTo("tcp");
    assertThat(live.ring().ringBytes()).isEqualTo(1 << 20);
    assertThat(live.label()).isEqualTo("eth0,lo");
    assertThat(live.direction()).isEqualTo(Direction.BOTH);
    for (Direction direction : Direction.values()) {
      String word = direction.name().toLowerCase(Locale.ROOT);
      assertThat(((SourceSettings.Live) with("--direction", word).source()).direction())
          .isEqualTo(direction);
    }
    assertThatThrownBy(() -> with("--read", "a.pcap", "--direction", "in"))
        .hasMessageContaining("not to --read");
    assertThat(with("--snaplen", "96").segment().snaplen()).isEqualTo(96);
    assertThat(with("--encapsulation", "GENEVE").encapsulation().encapsulation())
        .isEqualTo(Encapsulation.GENEVE);
    assertThat(with("--encapsulation", "geneve").sensors().sensors())
        .containsExactly(Endpoint.parse("10.0.0.3:6081", 0));
    assertThat(with("--vni", "0x2A").encapsulation().vni()).isEqualTo(42);
    assertThat(with("--sensor", "10.0.0.3,[fd00::4]:5000,10.0.0.3").sensors().sensors())
        .containsExactly(Endpoint.parse("10.0.0.3", 4_789), Endpoint.parse("[fd00::4]:5000", 0));
    assertThat(with("--lanes", "3").sensors())
        .isEqualTo(SendSettings.of(parse(REQUIRED).sensors().sensors(), SendMode.AUTO, 3));
    assertThat(parse(REQUIRED).sensors().mode()).isEqualTo(SendMode.AUTO);
    assertThat(parse(REQUIRED).sensors().lanes()).isEqualTo(8);
    assertThat(parse(REQUIRED).sensors().lanesJoined()).isEqualTo(1);
    assertThat(with("--send", "auto")).isEqualTo(parse(REQUIRED));
    assertThat(with("--send", "joined").sensors().mode()).isEqualTo(SendMode.JOINED);
    assertThat(with("--send", "single").sensors().mode()).isEqualTo(SendMode.SINGLE);
    assertThat(with("--send", "single").sensors().lanes()).isEqualTo(8);
    assertThat(with("--pad", "128").padBytes()).isEqualTo(128);
    assertThat(with("--report", "off").reporting()).isFalse();
    assertThat(with("--transport", "udp")).isEqualTo(parse(REQUIRED));
    assertThat(with("--metrics", "0", "--count-json", "x.json")).isEqualTo(parse(REQUIRED));
    assertThat(with("--read", "a.pcap").source())
        .isEqualTo(new SourceSettings.CaptureFile(Path.of("a.pcap"), true, ""));
    assertThat(with("--read", "a.pcap", "--speed", "max", "--filter", "udp").source())
        .isEqualTo(new SourceSettings.CaptureFile(Path.of("a.pcap"), false, "udp"));
  }

  @Test
  void unknownKey() {
    assertThatThrownBy(() -> with("--snap", "96"))
        .isInstanceOf(CommandLine.UnmatchedArgumentException.class)
        .hasMessageContaining("--snap");
  }

  @ParameterizedTest
  @CsvSource({
    "--interface, '', missing option --interface",
    "--interface, 'eth0,', interface's name is empty",
    "--interface, 'eth0,eth0', duplicate interface",
    "--sensor, '', missing option --sensor",
    "--sensor, '10.0.0.3,', empty entry",
    "--sensor, 10.0.0.3:0, port 0",
    "--sensor, 10.0.0.3:65536, 65536",
    "--sensor, 0.0.0.0, not the address of one host",
    "--sensor, 224.0.0.1, not the address of one host",
    "--vni, '', missing option --vni",
    "--vni, 16777216, out of range",
    "--vni, -1, out of range",
    "--vni, 2A, not a number",
    "--vni, 0x, not a number",
    "--snaplen, 63, out of range",
    "--snaplen, 262145, out of range",
    "--encapsulation, gre, neither vxlan nor geneve",
    "--transport, tcp, is neither udp nor tls",
    "--transport, tls, --cert is missing",
    "--send, slowly, 'is not auto, joined or single'",
    "--direction, inwards, 'not in, out or both'",
    "--lanes, 0, out of range",
    "--budget-mbps, -1, budget-mbps -1 is out of range",
    "--flow-cutoff, -1, flow-cutoff -1 is less than 0",
    "--headers-only, https, headers-only 'https' is not a list",
    "--headers-only, 65536, headers-only '65536' has a port out of range",
    "--lanes, 65, out of range",
    "--ring-bytes, 4096, does not hold two blocks",
    "--pad, 0, out of range",
    "--pad, 9001, out of range",
    "--report, yes, neither on nor off",
    "--speed, fast, neither original nor max",
    "--metrics, 65536, out of range",
    "--metrics, -1, out of range",
  })
  void valueOutOfRange(String option, String value, String message) {
    assertThatThrownBy(() -> with(option, value))
        .isInstanceOf(SettingsException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({"--snaplen", "--lanes", "--ring-bytes", "--pad", "--metrics"})
  void valueThatIsNoNumber(String option) {
    assertThatThrownBy(() -> with(option, "many"))
        .isInstanceOf(CommandLine.ParameterException.class)
        .hasMessageContaining(option)
        .hasMessageContaining("many");
  }
}
