/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.gateway.output;

import io.podtap.core.config.Endpoint;
import io.podtap.core.config.SettingsException;
import io.podtap.core.linux.TapDevice;
import io.podtap.core.packet.Geneve;
import io.podtap.core.packet.Vxlan;
import io.podtap.tap.encapsulate.EncapsulationSettings;
import io.podtap.tap.send.SendMode;
import io.podtap.tap.send.SendSettings;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One output as it is asked for: {@code KIND:WHERE[,KEY=VALUE...]}.
 *
 * <pre>
 * vxlan:10.0.0.9:4789,vni=42,lanes=8,send=single,report=no,hold=no   or geneve:
 * tap:mirror0,mtu=1500
 * tcp:0.0.0.0:57012,format=pcapng
 * pcap:/captures,rotate=100MB,rotate-age=1h,keep=10GB,keep-age=7d
 * </pre>
 */
public sealed interface OutputSettings {

  /** Returns what the output is called in counters and messages: kind and place. */
  String name();

  /**
   * A tunnel to a sensor.
   *
   * @param geneve otherwise VXLAN
   * @param sensors the one sensor, its lanes, and how datagrams leave, see {@code podtap tap
   *     --send}
   * @param reports whether the gateway says inside the tunnel who it is and what it sent
   * @param holds whether the gateway takes the port there itself, as long as nobody else has it, so
   *     that the kernel does not answer every datagram with an ICMP error that a reader of the
   *     interface sees as well; loopback addresses only
   */
  record Tunnel(boolean geneve, int vni, SendSettings sensors, boolean reports, boolean holds)
      implements OutputSettings {

    /** Returns where the tunnel ends. */
    public Endpoint sensor() {
      return sensors.sensors().getFirst();
    }

    @Override
    public String name() {
      return (geneve ? "geneve:" : "vxlan:") + sensor();
    }
  }

  /**
   * A network interface that frames come in at.
   *
   * @param device its name
   * @param mtu what it says of itself
   */
  record Interface(String device, int mtu) implements OutputSettings {
    @Override
    public String name() {
      return "tap:" + device;
    }
  }

  /**
   * Whoever connects gets a capture that begins then.
   *
   * @param endpoint where to listen
   * @param pcapng otherwise classic pcap with nanoseconds, Ethernet only
   */
  record Server(Endpoint endpoint, boolean pcapng) implements OutputSettings {
    @Override
    public String name() {
      return "tcp:" + endpoint;
    }
  }

  /**
   * Capture files.
   *
   * @param rotateBytes a file of this size is the last but one; 0 for any
   * @param rotateSeconds a file is not written for longer; 0 for any
   * @param keepBytes of complete files at most; 0 for any
   * @param keepSeconds a complete file is deleted when it is older; 0 for never
   */
  record Files(Path folder, long rotateBytes, long rotateSeconds, long keepBytes, long keepSeconds)
      implements OutputSettings {
    @Override
    public String name() {
      return "pcap:" + folder;
    }
  }

  /** Bytes at which a file is changed unless the user says otherwise. */
  long ROTATE_BYTES_DEFAULT = 100L << 20;

  /**
   * Reads one output.
   *
   * @throws SettingsException when the kind is unknown, or a value is missing, unknown or out of
   *     range
   */
  static OutputSettings parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw unknownKind(text);
    }
    String kind = text.substring(0, colon);
    List<String> parts = Arrays.asList(text.substring(colon + 1).split(",", -1));
    String where = parts.getFirst();
    if (where.isEmpty()) {
      throw new SettingsException("output '" + text + "' has no destination");
    }
    Keys keys = new Keys(text, parts.subList(1, parts.size()));
    OutputSettings settings =
        switch (kind) {
          case "vxlan" -> tunnel(where, false, keys);
          case "geneve" -> tunnel(where, true, keys);
          case "tap" -> device(where, keys);
          case "tcp" -> server(where, keys);
          case "pcap" -> files(where, keys);
          default -> throw unknownKind(text);
        };
    keys.refuseUnknown();
    return settings;
  }

  private static SettingsException unknownKind(String text) {
    return new SettingsException(
        "output '" + text + "' does not start with vxlan:, geneve:, tap:, tcp: or pcap:");
  }

  private static OutputSettings tunnel(String where, boolean geneve, Keys keys) {
    Endpoint sensor = Endpoint.parse(where, geneve ? Geneve.PORT : Vxlan.PORT);
    String vni = keys.take("vni", "0");
    SendMode mode =
        SendMode.valueOf(
            keys.oneOf("send", "auto", "auto", "single", "joined").toUpperCase(Locale.ROOT));
    int lanes = (int) keys.number("lanes", 0, 1, SendSettings.LANES_MAX);
    boolean isNear = sensor.address().isLoopbackAddress();
    return new Tunnel(
        geneve,
        EncapsulationSettings.parseVni(vni),
        lanes == 0
            ? SendSettings.of(List.of(sensor), mode)
            : SendSettings.of(List.of(sensor), mode, lanes),
        keys.oneOf("report", "yes", "yes", "no").equals("yes"),
        isNear && keys.oneOf("hold", "yes", "yes", "no").equals("yes"));
  }

  private static OutputSettings device(String name, Keys keys) {
    if (name.length() > TapDevice.NAME_LENGTH_MAX || !name.matches("[A-Za-z0-9_.-]+")) {
      throw new SettingsException("'" + name + "' is not a valid interface name");
    }
    return new Interface(name, (int) keys.number("mtu", 1_500, 68, 65_521));
  }

  private static OutputSettings server(String where, Keys keys) {
    Endpoint endpoint = Endpoint.parse(where, 0);
    if (endpoint.port() == 0) {
      throw new SettingsException("output 'tcp:" + where + "' has no port");
    }
    return new Server(endpoint, keys.oneOf("format", "pcap", "pcap", "pcapng").equals("pcapng"));
  }

  private static OutputSettings files(String where, Keys keys) {
    try {
      return new Files(
          Path.of(where),
          keys.bytes("rotate", ROTATE_BYTES_DEFAULT),
          keys.seconds("rotate-age", 0),
          keys.bytes("keep", 0),
          keys.seconds("keep-age", 0));
    } catch (InvalidPathException e) {
      throw new SettingsException("'" + where + "' is not a valid folder name", e);
    }
  }

  /** What stands behind an output's place. */
  final class Keys {
    private static final Pattern AMOUNT = Pattern.compile("([0-9]{1,12})([a-zA-Z]*)");
    private static final Map<String, Long> BYTES =
        Map.of("", 1L, "k", 1L << 10, "m", 1L << 20, "g", 1L << 30, "t", 1L << 40);
    private static final Map<String, Long> SECONDS =
        Map.of("", 1L, "s", 1L, "m", 60L, "h", 3_600L, "d", 86_400L);

    private final String whole;
    private final Map<String, String> values = new LinkedHashMap<>();

    Keys(String whole, List<String> parts) {
      this.whole = whole;
      for (String part : parts) {
        int equals = part.indexOf('=');
        if (equals <= 0
            || values.put(part.substring(0, equals), part.substring(equals + 1)) != null) {
          throw bad(part, "is not KEY=VALUE, or is a duplicate");
        }
      }
    }

    private SettingsException bad(String part, String why) {
      return new SettingsException("output '" + whole + "': '" + part + "' " + why);
    }

    private String take(String key, String otherwise) {
      String value = values.remove(key);
      return value == null ? otherwise : value;
    }

    private String oneOf(String key, String otherwise, String... choices) {
      String value = take(key, otherwise);
      if (!Arrays.asList(choices).contains(value)) {
        throw bad(key + "=" + value, "is not one of " + String.join(", ", choices));
      }
      return value;
    }

    private long number(String key, long otherwise, long least, long most) {
      String value = take(key, "");
      if (value.isEmpty()) {
        return otherwise;
      }
      if (!value.matches("[0-9]{1,9}")) {
        throw bad(key + "=" + value, "is not a number");
      }
      long number = Long.parseLong(value);
      if (number < least || number > most) {
        throw bad(key + "=" + value, "is out of range " + least + " to " + most);
      }
      return number;
    }

    private long bytes(String key, long otherwise) {
      return amount(key, otherwise, BYTES, true);
    }

    private long seconds(String key, long otherwise) {
      return amount(key, otherwise, SECONDS, false);
    }

    private long amount(String key, long otherwise, Map<String, Long> units, boolean isBytes) {
      String value = values.remove(key);
      if (value == null) {
        return otherwise;
      }
      Matcher matcher = AMOUNT.matcher(value);
      if (!matcher.matches()) {
        throw bad(key + "=" + value, "is not an amount such as " + (isBytes ? "100MB" : "1h"));
      }
      String unit = matcher.group(2).toLowerCase(Locale.ROOT);
      Long factor = units.get(isBytes ? unit.replaceFirst("i?b$", "") : unit);
      if (factor == null) {
        throw bad(key + "=" + value, "has an unknown unit");
      }
      long count = Long.parseLong(matcher.group(1));
      if (count > Long.MAX_VALUE / factor) {
        throw bad(key + "=" + value, "is too large");
      }
      return count * factor;
    }

    private void refuseUnknown() {
      if (!values.isEmpty()) {
        throw bad(String.join(",", values.keySet()), "is unknown for this output");
      }
    }
  }
}
