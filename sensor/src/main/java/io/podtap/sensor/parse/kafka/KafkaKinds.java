/*
 * Copyright 2026 the Podtap authors
 * SPDX-License-Identifier: Apache-2.0
 */
package io.podtap.sensor.parse.kafka;

/** What requests are called. */
final class KafkaKinds {

  /** By number, from 0 on. */
  private static final String[] NAMES =
      ("Produce Fetch ListOffsets Metadata LeaderAndIsr StopReplica UpdateMetadata"
              + " ControlledShutdown OffsetCommit OffsetFetch FindCoordinator JoinGroup Heartbeat"
              + " LeaveGroup SyncGroup DescribeGroups ListGroups SaslHandshake ApiVersions"
              + " CreateTopics DeleteTopics DeleteRecords InitProducerId OffsetForLeaderEpoch"
              + " AddPartitionsToTxn AddOffsetsToTxn EndTxn WriteTxnMarkers TxnOffsetCommit"
              + " DescribeAcls CreateAcls DeleteAcls DescribeConfigs AlterConfigs"
              + " AlterReplicaLogDirs DescribeLogDirs SaslAuthenticate CreatePartitions"
              + " CreateDelegationToken RenewDelegationToken ExpireDelegationToken"
              + " DescribeDelegationToken DeleteGroups ElectLeaders IncrementalAlterConfigs"
              + " AlterPartitionReassignments ListPartitionReassignments OffsetDelete"
              + " DescribeClientQuotas AlterClientQuotas DescribeUserScramCredentials"
              + " AlterUserScramCredentials Vote BeginQuorumEpoch EndQuorumEpoch DescribeQuorum"
              + " AlterPartition UpdateFeatures Envelope FetchSnapshot DescribeCluster"
              + " DescribeProducers BrokerRegistration BrokerHeartbeat UnregisterBroker"
              + " DescribeTransactions ListTransactions AllocateProducerIds"
              + " ConsumerGroupHeartbeat ConsumerGroupDescribe")
          .split(" ", -1);

  private KafkaKinds() {}

  static String name(int kind) {
    return kind < NAMES.length ? NAMES[kind] : "kind " + kind;
  }
}
