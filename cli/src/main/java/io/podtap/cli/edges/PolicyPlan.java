/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.cli.edges;

import io.podtap.core.config.SettingsException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the policies of one workload say: exactly what edges show of it.
 *
 * @param subject the workload
 * @param selector labels of its pods
 * @param ingress who may connect to it
 * @param egress what it may connect to
 * @param notes what policies cannot say or the logs do not tell, one line each
 * @see "Kubernetes API reference, NetworkPolicy, networking.k8s.io/v1"
 */
record PolicyPlan(
    End subject,
    SortedMap<String, String> selector,
    Collection<Rule> ingress,
    Collection<Rule> egress,
    Collection<String> notes) {

  private static final int ADDRESSES_IN_ERROR_MAX = 5;

  /**
   * What the user decides.
   *
   * @param answeredOnly leaves out what no connection succeeded on
   * @param unknownByAddress allows addresses without a name as addresses
   */
  record Choices(boolean answeredOnly, boolean unknownByAddress) {}

  /**
   * One peer with its ports.
   *
   * @param namespace of the peer's pods; empty for an address
   * @param selector of the peer's pods; empty for an address
   * @param block the address in CIDR notation; empty for pods
   * @param comment who it is
   */
  record Rule(
      String namespace,
      SortedMap<String, String> selector,
      String block,
      String comment,
      SortedMap<Port, Tally> ports) {}

  /**
   * A port.
   *
   * @param transport {@code tcp} or {@code udp}
   */
  record Port(int number, String transport) implements Comparable<Port> {
    @Override
    public int compareTo(Port other) {
      int order = Integer.compare(number, other.number);
      return order != 0 ? order : transport.compareTo(other.transport);
    }
  }

  /**
   * Plans the policies of one workload.
   *
   * @throws SettingsException when the edges do not show it, or a peer cannot be named
   */
  static PolicyPlan of(EdgeTable edges, End subject, Selectors selectors, Choices choices) {
    if (subject.kind() != End.Kind.WORKLOAD) {
      throw new SettingsException(
          "no workload: '" + subject.text() + "'; policies apply to the pods of workloads");
    }
    return new Planner(subject, selectors, choices).plan(edges);
  }

  /** Adds rules up. */
  private static final class Planner {

    private final End subject;
    private final Selectors selectors;
    private final Choices choices;
    private final Map<String, Rule> ingress = new LinkedHashMap<>();
    private final Map<String, Rule> egress = new LinkedHashMap<>();
    private final SortedSet<String> notes = new TreeSet<>();
    private final SortedSet<String> unnamed = new TreeSet<>();
    private final SortedSet<String> unverified = new TreeSet<>();

    Planner(End subject, Selectors selectors, Choices choices) {
      this.subject = subject;
      this.selectors = selectors;
      this.choices = choices;
    }

    PolicyPlan plan(EdgeTable edges) {
      boolean isSeen = false;
      for (Edge edge : edges.sorted("")) {
        Edge.Key key = edge.key();
        if (key.client().equals(subject)) {
          isSeen = true;
          if (!edge.isMatched()) { // its pods have edges of their own
            add(egress, edge, key.server());
          }
        }
        if (key.server().equals(subject)) {
          isSeen = true;
          add(ingress, edge, key.client());
        }
        if (key.server().kind() == End.Kind.SERVICE && isNear(key.server()) && !edge.isMatched()) {
          isSeen |= addThroughService(edge);
        }
        verify(key.client());
        verify(key.server());
      }
      if (!isSeen) {
        throw new SettingsException("no connection of " + subject.text() + " is in the logs");
      }
      refuseUnnamed();
      if (!unverified.isEmpty()) {
        notes.add(
            "unknown labels, make sure that no selector selects: " + String.join(" ", unverified));
      }
      return new PolicyPlan(subject, selectors.of(subject), rules(ingress), rules(egress), notes);
    }

    private boolean isNear(End end) {
      return end.namespace().equals(subject.namespace());
    }

    private void verify(End end) {
      if (end.kind() == End.Kind.WORKLOAD && !selectors.knows(end)) {
        unverified.add(end.text());
      }
    }

    /** Adds a connection to a service as one to the subject, when that is behind the service. */
    private boolean addThroughService(Edge edge) {
      End service = edge.key().server();
      Optional<SortedMap<String, String>> selector = selectors.find(service);
      if (selector.isEmpty()) {
        notes.add(
            "unknown pods behind "
                + service.text()
                + ": connections through it are not in the ingress rules");
        return false;
      }
      if (!Selectors.selects(selector.get(), selectors.of(subject))) {
        return false;
      }
      add(ingress, edge, edge.key().client());
      return true;
    }

    private void add(Map<String, Rule> rules, Edge edge, End peer) {
      Edge.Key key = edge.key();
      if (key.port() == Connection.NO_PORT) {
        notes.add(
            "policies cannot name "
                + key.transport()
                + ": "
                + key.client().text()
                + " to "
                + key.server().text()
                + ", "
                + PolicyYaml.text(edge.tally()));
        return;
      }
      Port port = new Port(port(key), key.transport());
      if (peer.isSelected()) {
        Rule rule =
            rules.computeIfAbsent(
                peer.text(),
                text -> new Rule(peer.namespace(), selectors.of(peer), "", text, new TreeMap<>()));
        rule.ports().computeIfAbsent(port, _ -> new Tally()).add(edge.tally());
      } else {
        edge.peers().forEach((address, seen) -> addAddress(rules, peer, port, address, seen));
      }
    }

    private int port(Edge.Key key) {
      End server = key.server();
      if (server.kind() != End.Kind.SERVICE) {
        return key.port();
      }
      return selectors
          .port(server, key.port())
          .orElseThrow(() ->
              new SettingsException(
                  "the port of the pods behind port "
                      + key.port()
                      + " of "
                      + server.text()
                      + " is unknown: pass --target-port "
                      + server.text()
                      + ":"
                      + key.port()
                      + "=PORT"));
    }

    private void addAddress(
        Map<String, Rule> rules, End peer, Port port, String address, Edge.Peer seen) {
      if (ConnectionReader.isOfLink(address)) {
        notes.add("policies cannot name " + address + ": " + PolicyYaml.text(seen.tally()));
        return;
      }
      if (peer.kind() == End.Kind.UNKNOWN && !choices.unknownByAddress()) {
        unnamed.add(address);
        return;
      }
      String name = seen.name().isEmpty() ? "" : " (" + seen.name() + ")";
      String block = address + (address.indexOf(':') < 0 ? "/32" : "/128");
      Rule rule =
          rules.computeIfAbsent(
              block,
              _ -> new Rule("", new TreeMap<>(), block, peer.text() + name, new TreeMap<>()));
      rule.ports().computeIfAbsent(port, _ -> new Tally()).add(seen.tally());
    }

    private void refuseUnnamed() {
      if (unnamed.isEmpty()) {
        return;
      }
      List<String> some = unnamed.stream().limit(ADDRESSES_IN_ERROR_MAX).toList();
      throw new SettingsException(
          unnamed.size()
              + " addresses that "
              + subject.text()
              + " talks with have no name ("
              + String.join(", ", some)
              + (unnamed.size() > some.size() ? ", ..." : "")
              + "): pass --unknown-by-address to allow them as addresses");
    }

    private Collection<Rule> rules(Map<String, Rule> all) {
      List<Rule> kept = new ArrayList<>();
      for (Rule rule : all.values()) {
        SortedMap<Port, Tally> ports = new TreeMap<>(rule.ports());
        if (choices.answeredOnly()) {
          ports.values().removeIf(tally -> !tally.hasSuccess());
        }
        if (!ports.isEmpty()) {
          kept.add(
              new Rule(rule.namespace(), rule.selector(), rule.block(), rule.comment(), ports));
        }
      }
      return kept;
    }
  }
}
