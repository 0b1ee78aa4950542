/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.workload;

import io.podtap.sensor.notice.DetectionKind;

/** Kinds of notices about workloads, with the text of their documentation. */
public enum ClusterNotice {
  NEW_EDGE(
      "New_Edge",
      "A workload connects to another one that it has not connected to while "
          + "detections learned. A client that is not a workload, such as a node, raises none"
          + " where destinations have names.",
      "A new version of the workload uses another service, or a job runs less often"
          + " than the learning time.",
      "Ask the owner of the workload whether the connection is meant; if not, look "
          + "for what started it, and deny it by a network policy.",
      "conn.log by the uid; records of its protocol; what the workload was asked "
          + "shortly before."),
  NEW_EXTERNAL_DESTINATION(
      "New_External_Destination",
      "A workload connects to a destination outside that it has not connected to "
          + "while detections learned.",
      "A service that the workload uses has moved, or a new one is used.",
      "Find out whose address it is, and which name was looked up; deny it by an "
          + "egress policy if nobody needs it.",
      "dns.log of the workload shortly before, ssl.log (server_name), conn.log " + "(bytes)."),
  UNEXPECTED_PROTOCOL(
      "Unexpected_Protocol",
      "A port of a workload carries a protocol that it has not carried before.",
      "The server speaks several protocols, of which one is rare.",
      "Look at who spoke it, and whether the server answered.",
      "conn.log by the uid, and the log of the protocol."),
  METADATA_ACCESS(
      "Metadata_Access",
      "A workload asks the metadata service of the cloud, which hands out "
          + "credentials of the node.",
      "SDKs of the cloud ask it for their region or for credentials of their own.",
      "If credentials were asked for and nobody knows why, revoke them; deny the "
          + "address by a network policy.",
      "http.log by the uid: uri, status_code and response_body_len."),
  KUBELET_ACCESS(
      "Kubelet_Access",
      "A workload connects to a kubelet, and never did while detections learned.",
      "A new version of a monitoring agent reads from it.",
      "Find out which process connects; the read-only port should be closed, the "
          + "other one needs authorization.",
      "conn.log, ssl.log and http.log by the uid."),
  ETCD_ACCESS(
      "Etcd_Access",
      "A workload connects to etcd, and never did while detections learned.",
      "A backup or a monitoring agent is new.",
      "etcd holds every Secret: restrict its port to the API server.",
      "conn.log and ssl.log by the uid; whether the handshake was established."),
  API_SERVER_ACCESS(
      "API_Server_Access",
      "A workload connects to the API server, and never did while detections " + "learned.",
      "The workload was given a controller or a leader election.",
      "Look into the audit log of the API server for the service account of the " + "workload.",
      "ssl.log by the uid; k8s fields of conn.log."),
  MINING(
      "Mining",
      "A workload speaks a mining protocol or looks up the name of a mining pool.",
      "A scanner of names, or a node of a block chain that is meant to run.",
      "Stop the workload, keep its image, and look for how the program got in.",
      "conn.log by the uid; dns.log; notices about the workload before."),
  JNDI_LOOKUP(
      "JNDI_Lookup",
      "A request contains a JNDI lookup, as in attacks on vulnerable loggers.",
      "A scanner of your own; the request alone has no effect on a server that is " + "up to date.",
      "Look for JNDI_Callback; update the logger if the workload has it.",
      "http.log by the uid; connections of the workload in the minutes after."),
  JNDI_CALLBACK(
      "JNDI_Callback",
      "A workload connects to the server that a JNDI lookup named: the attack has worked.",
      "The server is one that the workload uses anyway.",
      "Treat the workload as compromised: isolate it, keep evidence, rotate its secrets.",
      "ldap.log, conn.log and files.log of the workload from then on."),
  REVERSE_SHELL(
      "Reverse_Shell",
      "A shell talks from the side that opened the connection, by a prompt or by answers to"
          + " commands: the other side has control.",
      "A program for remote support works like that.",
      "Isolate the workload, and treat everything that it could reach as read.",
      "conn.log by the uid: duration and bytes; notices about the workload before."),
  BIND_SHELL(
      "Bind_Shell",
      "A port answers with a shell, without any protocol.",
      "A maintenance port that is meant to be there.",
      "Find the process that listens; isolate the workload.",
      "conn.log by the uid, and who else connected to the port."),
  WEB_SHELL(
      "Web_Shell",
      "A request had a server execute a command, in its URI or in a form, or a page shows the"
          + " output of one.",
      "An administration page that is meant to do so.",
      "Take the page off, keep it, and look for how it was uploaded.",
      "http.log of the server: uri, method POST and orig_filenames before."),
  PASSWORD_GUESSING(
      "Password_Guessing",
      "Many failed logins at a database, a directory or a web server.",
      "A password was changed and a client was not.",
      "Look for a login that succeeded after them; find out what runs in the " + "source.",
      "The log of the protocol for both addresses."),
  DNS_TUNNEL(
      "DNS_Tunnel",
      "Very many different names below one registered domain: data in names.",
      "Reputation services and some content networks put data into names.",
      "Find out whose domain it is; block it at the resolver.",
      "dns.log of the workload: query, qtype_name and answers."),
  BEACON(
      "Beacon",
      "Connections to one destination outside at regular intervals with like sizes. The intervals"
          + " may vary by up to a half.",
      "Monitoring and updates are regular as well.",
      "Find out whose address it is and which process connects.",
      "conn.log for both addresses; ssl.log (server_name, ja4)."),
  VOLUME_OUT(
      "Volume_Out",
      "A workload sends far more data outside than it does usually.",
      "A first backup, or a migration.",
      "Find out what was sent and where to.",
      "conn.log of the workload by orig_bytes; http.log and files.log by the uid."),
  CLEAR_TEXT_CREDENTIALS(
      "Clear_Text_Credentials",
      "A user name and a password cross the network in clear text.",
      "A test account, or a network that is encrypted below.",
      "Use TLS; change the password.",
      "The log of the protocol by the uid."),
  TOKEN_EXPOSED(
      "Token_Exposed",
      "The token of a service account crosses the network in clear text.",
      "A network that is encrypted below.",
      "Use TLS; delete the pod so that it gets a new token; look for uses of the " + "old one.",
      "http.log by the uid; the audit log of the API server for the service " + "account."),
  SECRET_EXPOSED(
      "Secret_Exposed",
      "A Kubernetes Secret, a private key or the variables of a process with a password cross the"
          + " network in clear text; sub names it, nothing shows it.",
      "A proxy to the API server inside a pod that is meant to be there; a key of a test.",
      "Rotate the Secret or the key; use TLS.",
      "http.log by the uid."),
  LATERAL_MOVEMENT(
      "Lateral_Movement",
      "A workload that was attacked attacks others.",
      "A scanner of your own that was scanned before.",
      "Treat both workloads as compromised, and isolate the first one.",
      "notice.log by the workload, in order."),
  LOST_EVIDENCE(
      "Lost_Evidence",
      "More packets of a tap were lost than allowed: detections do not see " + "everything.",
      "A burst of traffic while the node was busy.",
      "See the ledger (podtap ledger), give the tap more ring or CPU; somebody may "
          + "also be flooding it on purpose.",
      "tap.log: dropped and lost."),
  TAP_SILENT(
      "Tap_Silent",
      "A tapped pod appears in no record of its own tap, while its peers still talk" + " to it.",
      "The tap restarts, or its path to the sensor is broken.",
      "Look at the tap: podtap check, its container and its log.",
      "tap.log of the tap; conn.log by tap.id.");

  private final String zeekName;
  private final String meaning;
  private final String falseBecause;
  private final String action;
  private final String evidence;

  ClusterNotice(String word, String meaning, String falseBecause, String action, String evidence) {
    this.zeekName = "Cluster::" + word;
    this.meaning = meaning;
    this.falseBecause = falseBecause;
    this.action = action;
    this.evidence = evidence;
  }

  /** Returns the name in {@code notice.log}. */
  public String zeekName() {
    return zeekName;
  }

  /** Adds the kind to the declaration of a detection. */
  public void declare(DetectionKind.Builder detection) {
    detection.notice(zeekName, meaning, falseBecause, action, evidence);
  }
}
