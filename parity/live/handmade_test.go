package live_test

import (
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/maquette/maquette/parity"
	"github.com/maquette/maquette/parity/live"
)

// handmade are answers in the form of AWS's documentation, for services of which
// nothing was recorded.
var handmade = map[string]string{
	"acm ListCertificates":    `{"CertificateSummaryList":[{"CertificateArn":"arn:aws:acm:us-east-1:123456789012:certificate/c1","DomainName":"shop.example.com"}]}`,
	"acm DescribeCertificate": `{"Certificate":{"CertificateArn":"arn:aws:acm:us-east-1:123456789012:certificate/c1","DomainName":"shop.example.com","SubjectAlternativeNames":["shop.example.com"],"KeyAlgorithm":"RSA_2048","Status":"ISSUED","Type":"AMAZON_ISSUED","DomainValidationOptions":[{"DomainName":"shop.example.com","ValidationMethod":"DNS"}],"Options":{"CertificateTransparencyLoggingPreference":"ENABLED"}}}`,

	"apigatewayv2 GetApis":         `{"items":[{"apiId":"a1","name":"shop-http","protocolType":"HTTP","apiEndpoint":"https://a1.execute-api.us-east-1.amazonaws.com","corsConfiguration":{"allowMethods":["GET"],"maxAge":300},"tags":{"Environment":"production"}}]}`,
	"apigatewayv2 GetStages":       `{"items":[{"stageName":"$default","autoDeploy":true,"defaultRouteSettings":{"throttlingBurstLimit":100,"throttlingRateLimit":50.5}}]}`,
	"apigatewayv2 GetIntegrations": `{"items":[{"integrationId":"i1","integrationType":"AWS_PROXY","integrationUri":"arn:aws:lambda:us-east-1:123456789012:function:orders","payloadFormatVersion":"2.0","timeoutInMillis":30000}]}`,
	"apigatewayv2 GetRoutes":       `{"items":[{"routeId":"r1","routeKey":"POST /orders","target":"integrations/i1","authorizationType":"NONE"}]}`,

	"applicationautoscaling DescribeScalableTargets": `{"ScalableTargets":[{"ResourceId":"service/shop/api","ServiceNamespace":"ecs","ScalableDimension":"ecs:service:DesiredCount","MinCapacity":3,"MaxCapacity":9,"RoleARN":"arn:aws:iam::123456789012:role/x","CreationTime":1700000000}]}`,
	"applicationautoscaling DescribeScalingPolicies": `{"ScalingPolicies":[{"PolicyName":"cpu","PolicyARN":"arn:aws:autoscaling:us-east-1:123456789012:scalingPolicy:1","PolicyType":"TargetTrackingScaling","ResourceId":"service/shop/api","ServiceNamespace":"ecs","ScalableDimension":"ecs:service:DesiredCount","CreationTime":1700000000,"TargetTrackingScalingPolicyConfiguration":{"TargetValue":60.0,"ScaleInCooldown":60,"PredefinedMetricSpecification":{"PredefinedMetricType":"ECSServiceAverageCPUUtilization"}}}]}`,

	"cloudfront ListDistributions":   `<DistributionList xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><IsTruncated>false</IsTruncated><Items><DistributionSummary><Id>E1</Id><ARN>arn:aws:cloudfront::123456789012:distribution/E1</ARN><DomainName>d1.cloudfront.net</DomainName><Aliases><Quantity>1</Quantity><Items><CNAME>www.shop.example.com</CNAME></Items></Aliases></DistributionSummary></Items></DistributionList>`,
	"cloudfront ListTagsForResource": `<Tags xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Items><Tag><Key>Environment</Key><Value>production</Value></Tag></Items></Tags>`,
	"cloudfront GetDistribution":     `<Distribution xmlns="http://cloudfront.amazonaws.com/doc/2020-05-31/"><Id>E1</Id><DistributionConfig><Enabled>true</Enabled><HttpVersion>http2</HttpVersion><PriceClass>PriceClass_100</PriceClass><Comment>shop</Comment><Origins><Quantity>1</Quantity><Items><Origin><Id>web</Id><DomainName>web.shop.example.com</DomainName><CustomHeaders><Quantity>1</Quantity><Items><OriginCustomHeader><HeaderName>X-Origin-Verify</HeaderName><HeaderValue>` + canary + `</HeaderValue></OriginCustomHeader></Items></CustomHeaders><CustomOriginConfig><HTTPPort>80</HTTPPort><HTTPSPort>443</HTTPSPort><OriginProtocolPolicy>https-only</OriginProtocolPolicy></CustomOriginConfig></Origin></Items></Origins><DefaultCacheBehavior><TargetOriginId>web</TargetOriginId><ViewerProtocolPolicy>redirect-to-https</ViewerProtocolPolicy><AllowedMethods><Quantity>1</Quantity><Items><Method>GET</Method></Items></AllowedMethods></DefaultCacheBehavior></DistributionConfig></Distribution>`,

	"ecr DescribeRepositories": `{"repositories":[{"repositoryName":"shop/api","repositoryArn":"arn:aws:ecr:us-east-1:123456789012:repository/shop/api","registryId":"123456789012","repositoryUri":"123456789012.dkr.ecr.us-east-1.amazonaws.com/shop/api","imageTagMutability":"IMMUTABLE","imageScanningConfiguration":{"scanOnPush":true}}]}`,
	"ecr GetLifecyclePolicy":   `{"registryId":"123456789012","repositoryName":"shop/api","lifecyclePolicyText":"{\"rules\":[]}"}`,

	"efs DescribeFileSystems":               `{"FileSystems":[{"FileSystemId":"fs-1","FileSystemArn":"arn:aws:elasticfilesystem:us-east-1:123456789012:file-system/fs-1","Encrypted":true,"PerformanceMode":"generalPurpose","ThroughputMode":"elastic","NumberOfMountTargets":1,"Name":"shop-shared","CreationToken":"t","OwnerId":"123456789012","CreationTime":1700000000,"LifeCycleState":"available","SizeInBytes":{"Value":1},"Tags":[{"Key":"Name","Value":"shop-shared"}]}]}`,
	"efs DescribeLifecycleConfiguration":    `{"LifecyclePolicies":[{"TransitionToIA":"AFTER_30_DAYS"}]}`,
	"efs DescribeMountTargets":              `{"MountTargets":[{"MountTargetId":"fsmt-1","FileSystemId":"fs-1","SubnetId":"subnet-1","LifeCycleState":"available","AvailabilityZoneName":"us-east-1a"}]}`,
	"efs DescribeMountTargetSecurityGroups": `{"SecurityGroups":["sg-1"]}`,

	"kafka ListClustersV2": `{"clusterInfoList":[{"clusterArn":"arn:aws:kafka:us-east-1:123456789012:cluster/events/1","clusterName":"events","clusterType":"PROVISIONED","tags":{"Environment":"production"},"provisioned":{"numberOfBrokerNodes":3,"enhancedMonitoring":"PER_BROKER","currentBrokerSoftwareInfo":{"kafkaVersion":"3.5.1"},"brokerNodeGroupInfo":{"instanceType":"kafka.m5.large","clientSubnets":["subnet-1"],"securityGroups":["sg-1"],"storageInfo":{"ebsStorageInfo":{"volumeSize":100}}}}}]}`,

	"kinesis ListStreams":           `{"StreamNames":["views"],"HasMoreStreams":false}`,
	"kinesis DescribeStreamSummary": `{"StreamDescriptionSummary":{"StreamName":"views","StreamARN":"arn:aws:kinesis:us-east-1:123456789012:stream/views","StreamStatus":"ACTIVE","RetentionPeriodHours":48,"StreamCreationTimestamp":1700000000,"OpenShardCount":8,"EncryptionType":"KMS","KeyId":"k1","StreamModeDetails":{"StreamMode":"PROVISIONED"},"EnhancedMonitoring":[{"ShardLevelMetrics":["IncomingBytes"]}]}}`,

	"kms ListKeys":             `{"Keys":[{"KeyId":"k1","KeyArn":"arn:aws:kms:us-east-1:123456789012:key/k1"},{"KeyId":"k2","KeyArn":"arn:aws:kms:us-east-1:123456789012:key/k2"},{"KeyId":"k3","KeyArn":"arn:aws:kms:us-east-1:123456789012:key/k3"}]}`,
	"kms ListAliases":          `{"Aliases":[{"AliasName":"alias/shop","AliasArn":"arn:aws:kms:us-east-1:123456789012:alias/shop","TargetKeyId":"k1"},{"AliasName":"alias/aws/rds","AliasArn":"arn:aws:kms:us-east-1:123456789012:alias/aws/rds","TargetKeyId":"k2"}]}`,
	"kms GetKeyRotationStatus": `{"KeyRotationEnabled":true}`,
	"kms GetKeyPolicy":         `{"Policy":"{\"Version\":\"2012-10-17\",\"Statement\":[]}"}`,

	"memorydb DescribeClusters":     `{"Clusters":[{"Name":"sessions","ARN":"arn:aws:memorydb:us-east-1:123456789012:cluster/sessions","NodeType":"db.r6g.large","EngineVersion":"7.0","NumberOfShards":2,"ACLName":"open-access","SubnetGroupName":"shop","TLSEnabled":true,"Shards":[{"Nodes":[{},{}]},{"Nodes":[{},{}]}],"SecurityGroups":[{"SecurityGroupId":"sg-1"}]}]}`,
	"memorydb DescribeSubnetGroups": `{"SubnetGroups":[{"Name":"shop","ARN":"arn:aws:memorydb:us-east-1:123456789012:subnetgroup/shop","VpcId":"vpc-1","Subnets":[{"Identifier":"subnet-1"}]}]}`,

	"mq ListBrokers":    `{"brokerSummaries":[{"brokerId":"b-1","brokerName":"jobs"}]}`,
	"mq DescribeBroker": `{"brokerId":"b-1","brokerArn":"arn:aws:mq:us-east-1:123456789012:broker:jobs:b-1","brokerName":"jobs","engineType":"ACTIVEMQ","engineVersion":"5.17.6","hostInstanceType":"mq.m5.large","deploymentMode":"ACTIVE_STANDBY_MULTI_AZ","storageType":"EFS","subnetIds":["subnet-1"],"securityGroups":["sg-1"],"publiclyAccessible":false,"autoMinorVersionUpgrade":true,"logs":{"general":true},"configurations":{"current":{"id":"c-1","revision":3}},"users":[{"username":"app"}],"tags":{"Environment":"production"}}`,

	"opensearch ListDomainNames": `{"DomainNames":[{"DomainName":"search","EngineType":"OpenSearch"}]}`,
	"opensearch DescribeDomains": `{"DomainStatusList":[{"DomainId":"123456789012/search","DomainName":"search","ARN":"arn:aws:es:us-east-1:123456789012:domain/search","EngineVersion":"OpenSearch_2.11","ClusterConfig":{"InstanceType":"r6g.large.search","InstanceCount":3,"ZoneAwarenessEnabled":true,"ZoneAwarenessConfig":{"AvailabilityZoneCount":3}},"EBSOptions":{"EBSEnabled":true,"VolumeSize":100,"VolumeType":"gp3"},"VPCOptions":{"VPCId":"vpc-1","SubnetIds":["subnet-1"],"SecurityGroupIds":["sg-1"]}}]}`,

	"wafv2 ListWebACLs": `{"WebACLs":[{"Name":"edge","Id":"w1","ARN":"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/w1"}]}`,
	"wafv2 GetWebACL":   `{"WebACL":{"Name":"edge","Id":"w1","ARN":"arn:aws:wafv2:us-east-1:123456789012:regional/webacl/edge/w1","Capacity":725,"DefaultAction":{"Allow":{}},"VisibilityConfig":{"SampledRequestsEnabled":true,"CloudWatchMetricsEnabled":true,"MetricName":"edge"},"Rules":[{"Name":"rate","Priority":1,"Action":{"Block":{}},"Statement":{"RateBasedStatement":{"Limit":2000,"AggregateKeyType":"IP"}},"VisibilityConfig":{"SampledRequestsEnabled":true,"CloudWatchMetricsEnabled":true,"MetricName":"rate"}}]}}`,
}

// lastly answers what differs by what is asked.
func lastly(service, operation string, _ *http.Request, body string) *http.Response {
	text, ok := handmade[service+" "+operation]
	switch {
	case service == "kms" && operation == "DescribeKey" && strings.Contains(body, "k3"):
		text, ok = `{"KeyMetadata":{"KeyId":"k3","KeyManager":"AWS"}}`, true
	case service == "kms" && operation == "DescribeKey":
		text, ok = `{"KeyMetadata":{"KeyId":"k1","KeyManager":"CUSTOMER","KeyState":"Enabled","Enabled":true,"Description":"data","KeyUsage":"ENCRYPT_DECRYPT","KeySpec":"SYMMETRIC_DEFAULT","Origin":"AWS_KMS"}}`, true
	case service == "applicationautoscaling" && !strings.Contains(body, `"ecs"`):
		text, ok = `{}`, true
	case service == "wafv2" && operation == "ListWebACLs" && strings.Contains(body, "CLOUDFRONT"):
		text, ok = `{}`, true
	}
	if !ok {
		return nil
	}
	return reply(200, "", text)
}

// TestHandmade reads one of everything that was not recorded.
func TestHandmade(t *testing.T) {
	rec := recorded(t, "production")
	rec.answer = lastly
	s, err := live.Parse("aws://us-east-1?without.ssm=recorded")
	require.NoError(t, err)
	snap, err := s.Observe(t.Context(), options(rec))
	require.NoError(t, err)
	assert.Empty(t, snap.Incomplete)
	attributes := providerAttributes(t)
	types := map[string]bool{}
	others := snap.Resources[:0]
	for _, r := range snap.Resources {
		types[r.Type] = true
		for _, attr := range r.Attributes.Keys() {
			assert.True(t, attr == parity.OnlyLive || attributes[r.Type][attr], "%s has no %s", r.Type, attr)
		}
		if !ofTheShop(r.Type) {
			others = append(others, r)
		}
	}
	for _, r := range live.Readings() {
		switch r.Service {
		case "acm", "apigatewayv2", "application-autoscaling", "cloudfront", "ecr", "efs", "kafka", "kinesis", "kms", "memorydb", "mq", "opensearch", "wafv2":
			for _, typ := range r.Types {
				assert.True(t, types[typ], typ)
			}
		}
	}
	snap.Resources, snap.Externals = others, nil
	const golden = "testdata/handmade.golden.json"
	got := written(t, snap)
	assert.NotContains(t, got, canary)
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
}

func ofTheShop(typ string) bool {
	for _, prefix := range []string{
		"aws_acm", "aws_apigatewayv2", "aws_appautoscaling", "aws_cloudfront", "aws_ecr", "aws_efs", "aws_msk", "aws_kinesis", "aws_kms", "aws_memorydb", "aws_mq", "aws_opensearch", "aws_wafv2",
	} {
		if strings.HasPrefix(typ, prefix) {
			return false
		}
	}
	return true
}
