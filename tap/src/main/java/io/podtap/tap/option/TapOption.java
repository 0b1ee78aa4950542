/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.option;

import io.podtap.core.capture.RingSettings;
import io.podtap.core.kubernetes.ServiceAccount;
import io.podtap.core.metrics.MetricsPort;
import io.podtap.tap.segment.SegmentSettings;
import io.podtap.tap.stream.StreamSettings;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Declarations of options, in the order of the help. An option's name is that of its constant, in
 * lower case and with dashes.
 */
@SuppressWarnings("ImmutableEnumChecker") // values of immutable classes, lines never changed
public enum TapOption {
  INTERFACE(Type.TEXT, "NAME[,NAME]", "", "Interfaces to capture."),
  SENSOR(
      Type.TEXT,
      "SENSOR",
      "",
      "Sensors; each flow goes to one of them. Forms:",
      "  ADDRESS[:PORT][,...]",
      "  NAME[.NAMESPACE][:PORT]  ready pods labelled run=NAME",
      "  label:SELECTOR[:PORT]  ready pods that match a label selector",
      "  service:NAMESPACE/NAME[:PORT]  ready endpoints of a service",
      "  dns:HOST[:PORT]  all addresses of a name, such as a headless service"),
  SENSOR_NAMESPACE(
      Type.TEXT,
      "NAMESPACE",
      "",
      "Namespace of the sensor's pods and services (default: the tap's own)."),
  SERVICE_ACCOUNT(
      Type.PATH,
      "FOLDER",
      ServiceAccount.USUAL_FOLDER,
      "Folder with token, ca.crt and namespace (default: ${DEFAULT-VALUE})."),
  VNI(Type.TEXT, "NUMBER", "", "Network identifier, decimal or 0x hexadecimal."),
  FILTER(
      Type.TEXT, "EXPRESSION", "", "Mirror only packets that match, in tcpdump's filter syntax."),
  DIRECTION(
      Type.CHOICE,
      "in|out|both",
      "both",
      "Mirror what the interfaces receive, what is sent through them, or both; of lo, where each"
          + " packet is sent and received, all (default: ${DEFAULT-VALUE})."),
  SNAPLEN(
      Type.INTEGER,
      "BYTES",
      SegmentSettings.SNAPLEN_MAX,
      "Maximum bytes of a packet to mirror (default: all)."),
  BUDGET_MBPS(
      Type.LONG,
      "MBIT",
      0L,
      "Maximum rate of frames: above it send only headers, then nothing (default: all)."),
  FLOW_CUTOFF(
      Type.LONG,
      "BYTES",
      0L,
      "After this many bytes of a flow, send only headers (default: no limit)."),
  HEADERS_ONLY(Type.TEXT, "PORT[-PORT][,...]", "", "Send only headers of these TCP and UDP ports."),
  SEND(
      Type.CHOICE,
      "auto|joined|single",
      "auto",
      "joined: up to 128 datagrams in one system call. single: one by one, for a sensor that"
          + " sniffs its network interface on this node, as Zeek and Suricata do: it would see"
          + " joined datagrams as one. auto: single until the sensor answers that it reads a"
          + " socket, or is known to run on another node (default: ${DEFAULT-VALUE})."),
  POLICY(
      Type.PATH,
      "FILE",
      null,
      "A file of these options, a line NAME=VALUE for each, such as 'filter=tcp port 80'; it wins"
          + " over the command line and is read again when it changes and at SIGHUP: filter,"
          + " direction, snaplen, budget-mbps, flow-cutoff, headers-only, send."),
  ANNOTATIONS(
      Type.PATH,
      "FILE",
      null,
      "The same from a pod's annotations, podtap.io/filter and so on, as Kubernetes' downward API"
          + " writes them into a file."),
  ENCAPSULATION(Type.CHOICE, "vxlan|geneve", "vxlan", "Tunnel format (default: ${DEFAULT-VALUE})."),
  TRANSPORT(
      Type.CHOICE,
      "udp|tls",
      "udp",
      "Tunnel of datagrams, or pcapng over TLS, which needs --cert, --key and --ca (default:"
          + " ${DEFAULT-VALUE})."),
  CERT(Type.PATH, "FILE", null, "The tap's certificate and its chain, PEM."),
  KEY(Type.PATH, "FILE", null, "The certificate's key, PEM."),
  CA(Type.PATH, "FILE", null, "CA certificates for sensors, PEM."),
  CRL(Type.PATH, "FILE", null, "Revocation lists of the CAs, PEM or DER."),
  SENSOR_NAME(
      Type.TEXT,
      "NAME[,NAME]",
      "",
      "Names of which a sensor's certificate must have one: host, address or URI (default: the"
          + " host of dns:HOST, otherwise any)."),
  REPORT_LABELS(
      Type.TEXT,
      "KEY[,KEY]",
      "",
      "Labels of the pod to report, with values in POD_LABEL_1 and so on."),
  QUEUE_BYTES(
      Type.INTEGER,
      "BYTES",
      StreamSettings.DEFAULT.queueBytes(),
      "Memory of packets that wait for a sensor's TLS stream, a power of two (default:"
          + " ${DEFAULT-VALUE})."),
  LANES(
      Type.INTEGER,
      "COUNT",
      null,
      "UDP source ports for each sensor: more ports spread flows over the queues and threads of a"
          + " sensor that distributes by ports, and make batches smaller (default: 1 while"
          + " datagrams leave joined, 8 while they leave one by one)."),
  RING_BYTES(
      Type.INTEGER,
      "BYTES",
      RingSettings.DEFAULT.ringBytes(),
      "Memory of each interface's packet ring (default: ${DEFAULT-VALUE})."),
  PAD(
      Type.INTEGER,
      "BYTES",
      1,
      "Pad frames to a multiple of this size: more bandwidth, fewer system calls (default: no"
          + " padding)."),
  REPORT(
      Type.CHOICE,
      "on|off",
      "on",
      "Report identity and counters inside the tunnel (default: ${DEFAULT-VALUE})."),
  READ(Type.PATH, "FILE", null, "Send a pcap or pcapng file instead of capturing."),
  WRITE(
      Type.TEXT,
      "FILE|-",
      "",
      "Write packets as pcapng to a file, or standard output, instead of to a sensor."),
  EXIT_ON_STDIN_EOF(
      Type.CHOICE,
      "on|off",
      "off",
      "With --write: exit at the first byte, or the end, of standard input (default:"
          + " ${DEFAULT-VALUE})."),
  SPEED(
      Type.CHOICE,
      "original|max",
      "original",
      "Replay speed of a file (default: ${DEFAULT-VALUE})."),
  ON_FAILURE(
      Type.CHOICE,
      "exit|retry",
      "exit",
      "retry: wait for what is missing at the start (an interface, a privilege, a certificate)"
          + " instead of exiting; for a sidecar, whose exit takes its pod out of service (default:"
          + " ${DEFAULT-VALUE})."),
  METRICS(
      Type.INTEGER,
      "PORT",
      MetricsPort.DEFAULT,
      "HTTP port of /metrics, /live and /ready, 0 for none (default: ${DEFAULT-VALUE})."),
  COUNT_JSON(Type.PATH, "FILE", null, "Write the ledger to this file at exit.");

  /** What an option's value is. */
  enum Type {
    TEXT(String.class),
    /** One of the words of the label, in upper or lower case. */
    CHOICE(String.class),
    PATH(Path.class),
    INTEGER(Integer.class),
    LONG(Long.class);

    private final Class<?> java;

    Type(Class<?> java) {
      this.java = java;
    }
  }

  private static final Map<String, TapOption> BY_NAME =
      Arrays.stream(values()).collect(Collectors.toMap(TapOption::option, Function.identity()));

  private final Type type;
  private final String label;
  private final @Nullable Object initial;
  private final List<String> description;

  TapOption(Type type, String label, @Nullable Object initial, String... description) {
    this.type = type;
    this.label = label;
    this.initial = initial;
    this.description = List.of(description);
  }

  /** Returns the option of that name, without the dashes, or null when there is none. */
  public static @Nullable TapOption find(String name) {
    return BY_NAME.get(name);
  }

  /** Returns the name without the dashes. */
  public String option() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Returns what stands for the value in the help. */
  public String label() {
    return label;
  }

  /** Returns the lines of the help, with picocli's variable for the default. */
  public List<String> description() {
    return description;
  }

  /** Returns the lines of the help, with the default. */
  public List<String> help() {
    return description.stream()
        .map(line -> line.replace("${DEFAULT-VALUE}", String.valueOf(initial)))
        .toList();
  }

  /** Returns the class of values. */
  public Class<?> type() {
    return type.java;
  }

  /** Returns the value of an option that is not given, which may be null. */
  public @Nullable Object initial() {
    return initial;
  }

  /** Returns the words of which the value must be one; none when it is not a choice. */
  List<String> choices() {
    return type == Type.CHOICE ? List.of(label.split("\\|", -1)) : List.of();
  }

  /**
   * Returns the value that a text gives.
   *
   * @throws IllegalArgumentException when it is not a number or not a path
   */
  Object parse(String text) {
    return switch (type) {
      case TEXT, CHOICE -> text;
      case PATH -> Path.of(text);
      case INTEGER -> Integer.valueOf(text);
      case LONG -> Long.valueOf(text);
    };
  }
}
