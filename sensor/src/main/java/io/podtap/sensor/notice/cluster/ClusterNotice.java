/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.notice.cluster;

/** Kinds of notices about workloads. */
enum ClusterNotice {
  /** A workload connects to another one that it has not connected to while detections learned. */
  NEW_EDGE("New_Edge"),
  /** A workload connects to a destination outside that it has not connected to while detections learned. */
  NEW_EXTERNAL_DESTINATION("New_External_Destination"),
  /** A port of a workload carries a protocol that it has not carried before. */
  UNEXPECTED_PROTOCOL("Unexpected_Protocol"),
  /** A workload asks the cloud's metadata service, which hands out credentials of the node. */
  METADATA_ACCESS("Metadata_Access"),
  /** A workload connects to a kubelet, and never did while detections learned. */
  KUBELET_ACCESS("Kubelet_Access"),
  /** A workload connects to etcd, and never did while detections learned. */
  ETCD_ACCESS("Etcd_Access"),
  /** A workload connects to the API server, and never did while detections learned. */
  API_SERVER_ACCESS("API_Server_Access"),
  /** A workload speaks a mining protocol or looks up the name of a mining pool. */
  MINING("Mining"),
  /** A request contains a JNDI lookup, as in attacks on vulnerable loggers. */
  JNDI_LOOKUP("JNDI_Lookup"),
  /** A workload connects to the server that a JNDI lookup named: the attack has worked. */
  JNDI_CALLBACK("JNDI_Callback"),
  /** A shell talks from the side that opened the connection: somebody outside has control. */
  REVERSE_SHELL("Reverse_Shell"),
  /** A port answers with a shell, without any protocol. */
  BIND_SHELL("Bind_Shell"),
  /** A page executes commands and shows their output. */
  WEB_SHELL("Web_Shell"),
  /** Many failed logins at a database, a directory or a web server. */
  PASSWORD_GUESSING("Password_Guessing"),
  /** Very many different names below one registered domain: data in names. */
  DNS_TUNNEL("DNS_Tunnel"),
  /** Connections to one destination outside at regular intervals with equal sizes. */
  BEACON("Beacon"),
  /** A workload sends far more data outside than it does usually. */
  VOLUME_OUT("Volume_Out"),
  /** A user name and a password cross the network in clear text. */
  CLEAR_TEXT_CREDENTIALS("Clear_Text_Credentials"),
  /** The token of a service account crosses the network in clear text. */
  TOKEN_EXPOSED("Token_Exposed"),
  /** A Kubernetes Secret crosses the network in clear text. */
  SECRET_EXPOSED("Secret_Exposed"),
  /** A workload that was attacked attacks others. */
  LATERAL_MOVEMENT("Lateral_Movement"),
  /** More than one packet in a hundred of a tap was lost: detections do not see everything. */
  LOST_EVIDENCE("Lost_Evidence"),
  /** A tapped pod appears in no record of its own tap, while its peers still talk to it. */
  TAP_SILENT("Tap_Silent");

  private final String zeekName;

  ClusterNotice(String word) {
    this.zeekName = "Cluster::" + word;
  }

  /** Returns the name in {@code notice.log}. */
  String zeekName() {
    return zeekName;
  }
}
