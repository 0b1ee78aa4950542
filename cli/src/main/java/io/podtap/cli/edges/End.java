/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.config.SettingsException;
import java.util.Comparator;
import java.util.regex.Pattern;

/**
 * One end of an edge.
 *
 * @param kind what it is
 * @param namespace of the workload or the service, otherwise empty
 * @param resource kind of the workload, such as {@code Deployment}; otherwise empty
 * @param name of the workload, service or node, otherwise empty
 */
record End(Kind kind, String namespace, String resource, String name) implements Comparable<End> {

  static final End WORLD = new End(Kind.WORLD, "", "", "");
  static final End UNKNOWN = new End(Kind.UNKNOWN, "", "", "");

  private static final String SERVICE = "Service";
  private static final String WORLD_TEXT = "world";
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?");
  private static final Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]{0,251}[a-z0-9])?");
  private static final Pattern RESOURCE = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");
  private static final Comparator<End> ORDER =
      Comparator.comparing(End::kind)
          .thenComparing(End::namespace)
          .thenComparing(End::resource)
          .thenComparing(End::name);

  /** What an end is. */
  enum Kind {
    WORKLOAD,
    SERVICE,
    NODE,
    WORLD,
    UNKNOWN
  }

  static End workload(String namespace, String resource, String name) {
    return new End(Kind.WORKLOAD, namespace, resource, name);
  }

  /**
   * Returns what a record says of one end; an end without any name is {@link #UNKNOWN}.
   *
   * @param workload {@code KIND/NAME}, {@code world}, or empty
   * @throws IllegalArgumentException when a name is not one that Kubernetes allows
   */
  static End of(String namespace, String workload, String service, String node) {
    if (workload.equals(WORLD_TEXT)) {
      return WORLD;
    }
    if (!workload.isEmpty()) {
      int slash = workload.indexOf('/');
      return named(namespace, workload.substring(0, Math.max(slash, 0)), after(workload, slash));
    }
    if (!service.isEmpty()) {
      return named(namespace, SERVICE, service);
    }
    if (node.isEmpty()) {
      return UNKNOWN;
    }
    require(NAME, node);
    return new End(Kind.NODE, "", "", node);
  }

  /**
   * Returns the end that a user has named {@code NAMESPACE/KIND/NAME}.
   *
   * @throws SettingsException when the text is something else
   */
  static End parse(String text) {
    int first = text.indexOf('/');
    int second = text.indexOf('/', first + 1);
    try {
      if (first > 0 && second > 0) {
        return named(
            text.substring(0, first), text.substring(first + 1, second), after(text, second));
      }
    } catch (IllegalArgumentException e) {
      throw new SettingsException("invalid workload '" + text + "': " + e.getMessage(), e);
    }
    throw new SettingsException(
        "invalid workload '"
            + text
            + "': expected NAMESPACE/KIND/NAME, as in shop/Deployment/cart");
  }

  private static End named(String namespace, String resource, String name) {
    require(NAMESPACE, namespace);
    require(RESOURCE, resource);
    require(NAME, name);
    Kind kind = resource.equals(SERVICE) ? Kind.SERVICE : Kind.WORKLOAD;
    return new End(kind, namespace, resource, name);
  }

  private static String after(String text, int index) {
    return text.substring(index + 1);
  }

  private static void require(Pattern pattern, String text) {
    if (!pattern.matcher(text).matches()) {
      throw new IllegalArgumentException("invalid name");
    }
  }

  /** Returns whether pods have to be selected to name this end in a policy. */
  boolean isSelected() {
    return kind == Kind.WORKLOAD || kind == Kind.SERVICE;
  }

  /** Returns the end as users read and write it. */
  String text() {
    return switch (kind) {
      case WORKLOAD, SERVICE -> namespace + '/' + resource + '/' + name;
      case NODE -> "node/" + name;
      case WORLD -> WORLD_TEXT;
      case UNKNOWN -> "unknown";
    };
  }

  @Override
  public int compareTo(End other) {
    return ORDER.compare(this, other);
  }
}
