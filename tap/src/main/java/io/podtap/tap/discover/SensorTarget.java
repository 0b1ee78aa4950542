/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.tap.discover;

import io.podtap.core.config.SettingsException;
import java.util.Optional;

/**
 * What a user named as the sensor, where it is not a list of addresses:
 *
 * <pre>
 * NAME[.NAMESPACE][:PORT]              pods labelled run=NAME
 * label:SELECTOR[:PORT]                pods that a label selector chooses
 * service:[NAMESPACE/]NAME[:PORT]      endpoints of a service; PORT may be a name
 * dns:HOST[:PORT]                      all addresses of a name
 * </pre>
 */
public sealed interface SensorTarget {

  /** Returns what the user wrote, for messages. */
  String text();

  /** Returns the sensors' UDP port; 0 for the tunnel's usual one. */
  int port();

  /**
   * Pods by label.
   *
   * @param namespace empty for the tap's own
   * @param selector as {@code kubectl get -l} takes it
   */
  record Pods(String text, String namespace, String selector, int port) implements SensorTarget {}

  /**
   * Endpoints of a service, as its EndpointSlices have them.
   *
   * @param namespace empty for the tap's own
   * @param portName which of the service's ports; empty for the only UDP port, or the one named
   *     like the encapsulation
   * @param port used instead of the service's own when it is not 0
   */
  record Service(String text, String namespace, String name, String portName, int port)
      implements SensorTarget {}

  /** All addresses of a name; needs no access to the API. */
  record Name(String text, String host, int port) implements SensorTarget {}

  /** RFC 1123 label, as names of namespaces and services are. Compiled when it is asked for. */
  String DNS_LABEL = "[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?";

  String LABEL_VALUE = "[A-Za-z0-9]([-A-Za-z0-9_]{0,61}[A-Za-z0-9])?";
  String SELECTOR = "[-A-Za-z0-9_./=!,() ]{1,1024}";
  String HOST = "[A-Za-z0-9_]([-A-Za-z0-9_.]{0,252})";
  String PORT_NAME = "[a-z0-9]([-a-z0-9]{0,13}[a-z0-9])?";

  /**
   * Reads what {@code --sensor} says.
   *
   * @param namespace where pods and services are looked for when the text names none; empty for the
   *     tap's own
   * @return empty when the text is a list of addresses
   * @throws SettingsException when it is neither
   */
  static Optional<SensorTarget> parse(String text, String namespace) {
    String trimmed = text.strip();
    if (!namespace.isEmpty()) {
      require(DNS_LABEL, namespace, text, "'" + namespace + "' is not the name of a namespace");
    }
    int colon = trimmed.indexOf(':');
    String rest = trimmed.substring(colon + 1).strip();
    return switch (colon < 0 ? "" : trimmed.substring(0, colon)) {
      case "label" -> Optional.of(pods(text, rest, namespace));
      case "service" -> Optional.of(service(text, rest, namespace));
      case "dns" -> Optional.of(name(text, rest));
      default ->
          isAddresses(trimmed) ? Optional.empty() : Optional.of(run(text, trimmed, namespace));
    };
  }

  private static boolean isAddresses(String text) {
    boolean name = text.chars().anyMatch(Character::isLetter) && text.indexOf(',') < 0;
    return !name || text.startsWith("[") || text.indexOf(':') != text.lastIndexOf(':');
  }

  private static SensorTarget run(String text, String trimmed, String namespace) {
    String[] parts = portOff(trimmed);
    String[] names = parts[0].split("\\.", -1);
    if (names.length > 2) {
      throw new SettingsException(
          "sensor '"
              + text
              + "' is neither an address nor NAME or NAME.NAMESPACE of pods; a host is dns:"
              + trimmed);
    }
    require(LABEL_VALUE, names[0], text, "'" + names[0] + "' is not the value of a label");
    if (names.length == 2) {
      require(DNS_LABEL, names[1], text, "'" + names[1] + "' is not the name of a namespace");
    }
    return new Pods(
        text, names.length == 2 ? names[1] : namespace, "run=" + names[0], port(text, parts[1]));
  }

  private static SensorTarget pods(String text, String rest, String namespace) {
    String[] parts = portOff(rest);
    require(SELECTOR, parts[0], text, "'" + parts[0] + "' is not a label selector");
    return new Pods(text, namespace, parts[0].strip(), port(text, parts[1]));
  }

  private static SensorTarget service(String text, String rest, String namespace) {
    String[] parts = portOff(rest);
    int slash = parts[0].indexOf('/');
    String space = slash < 0 ? namespace : parts[0].substring(0, slash);
    String name = parts[0].substring(slash + 1);
    if (slash >= 0) {
      require(DNS_LABEL, space, text, "'" + space + "' is not the name of a namespace");
    }
    require(DNS_LABEL, name, text, "'" + name + "' is not the name of a service");
    if (!parts[1].isEmpty() && !Character.isDigit(parts[1].charAt(0))) {
      require(PORT_NAME, parts[1], text, "'" + parts[1] + "' is neither a port nor its name");
      return new Service(text, space, name, parts[1], 0);
    }
    return new Service(text, space, name, "", port(text, parts[1]));
  }

  private static SensorTarget name(String text, String rest) {
    String[] parts = portOff(rest);
    require(HOST, parts[0], text, "'" + parts[0] + "' is not a host name");
    return new Name(text, parts[0], port(text, parts[1]));
  }

  /**
   * Splits at the last colon: what stands before it and what after it, empty when there is none.
   */
  private static String[] portOff(String text) {
    int colon = text.lastIndexOf(':');
    return colon < 0
        ? new String[] {text, ""}
        : new String[] {text.substring(0, colon), text.substring(colon + 1)};
  }

  private static int port(String text, String digits) {
    if (digits.isEmpty()) {
      return 0;
    }
    try {
      int port = Integer.parseInt(digits);
      if (port >= 1 && port <= 65_535) {
        return port;
      }
    } catch (NumberFormatException e) {
      throw new SettingsException("sensor '" + text + "' has a port that is not a number", e);
    }
    throw new SettingsException("sensor '" + text + "' has a port out of range 1 to 65535");
  }

  private static void require(String pattern, String value, String text, String otherwise) {
    if (!value.matches(pattern)) {
      throw new SettingsException("sensor '" + text + "': " + otherwise);
    }
  }
}
