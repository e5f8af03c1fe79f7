#!/usr/bin/env python3
"""test_stacks.py BINARY

The templates and the push script against an emulator of AWS on loopback.

moto says CREATE_COMPLETE even for what it ignores, so nothing is believed that a service does not describe itself. What moto's
CloudFormation drops (of tasks, services, scaling and attributes) is worked out from the template and handed to the service's own
call, as CloudFormation would; botocore refuses there what the service's model does not know.
"""

import json
import logging
import os
import pathlib
import re
import socket
import stat
import subprocess
import sys
import tempfile
import time
import unittest
import unittest.mock

import boto3
import botocore.session
from botocore.validate import ParamValidator
from samtranslator.translator.transform import transform

from template import ACCOUNT, REGION, Stack, camel, load

BINARY = sys.argv.pop(1) if len(sys.argv) > 1 else "target/debug/describe-api"
ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
DEPLOY = ROOT / "deploy"
TEMPLATES = [path for path in DEPLOY.glob("*.yaml") if path.name != "alerts.yaml"]
BIN = pathlib.Path(sys.executable).parent
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/describe-api:v1"
STATS = "/prod/stats?numbers=5&numbers=6"


def setUpModule():
    global moto
    # The translator tells of features that are not published.
    logging.disable(logging.WARNING)
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        port = s.getsockname()[1]
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        del os.environ[name]
    os.environ.update(
        AWS_ENDPOINT_URL=f"http://127.0.0.1:{port}", AWS_ACCESS_KEY_ID="nobody", AWS_SECRET_ACCESS_KEY="nothing", AWS_PAGER="",
        AWS_DEFAULT_REGION=REGION, AWS_CONFIG_FILE="/dev/null", AWS_SHARED_CREDENTIALS_FILE="/dev/null",
        PATH=f"{BIN}:{os.environ['PATH']}")
    moto = subprocess.Popen([BIN / "moto_server", "-H", "127.0.0.1", "-p", str(port)],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while True:
        with socket.socket() as s:
            if s.connect_ex(("127.0.0.1", port)) == 0:
                return
        if moto.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError("moto did not start")
        time.sleep(0.1)


def tearDownModule():
    moto.terminate()
    moto.wait()


def deploy(name, template, parameters):
    """With the command that docs/deploy.md names. Returns what Ref means for each resource that moto made."""
    overrides = [f"{key}={value}" for key, value in parameters.items()]
    command = ["aws", "cloudformation", "deploy", "--stack-name", name, "--template-file", str(template), "--capabilities",
               "CAPABILITY_IAM", "--parameter-overrides", *overrides]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    stacks = boto3.client("cloudformation")
    assert stacks.describe_stacks(StackName=name)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
    made = stacks.describe_stack_resources(StackName=name)["StackResources"]
    return {each["LogicalResourceId"]: each.get("PhysicalResourceId") for each in made if each.get("LogicalResourceId")}


def check_parameters(service, operation, parameters):
    """Refuses what the service's model does not know or misses."""
    model = botocore.session.get_session().get_service_model(service).operation_model(operation)
    report = ParamValidator().validate(parameters, model.input_shape)
    assert not report.has_errors(), report.generate_report()


def statements(role):
    """What a role may do: pairs of action and resource."""
    said = [each for policy in role["Policies"] for each in policy["PolicyDocument"]["Statement"]]
    return {(action, each["Resource"]) for each in said for action in ([each["Action"]] if isinstance(each["Action"], str) else each["Action"])}


class Fargate(unittest.TestCase):
    """Two stacks: all defaults, and everything chosen otherwise."""

    @classmethod
    def setUpClass(cls):
        cls.template = load(DEPLOY / "fargate.yaml")
        cls.ec2, cls.elb, cls.ecs = boto3.client("ec2"), boto3.client("elbv2"), boto3.client("ecs")
        cls.scaling = boto3.client("application-autoscaling")
        cls.vpc = cls.ec2.create_vpc(CidrBlock="10.9.0.0/16")["Vpc"]["VpcId"]
        subnets = [cls.ec2.create_subnet(VpcId=cls.vpc, CidrBlock=f"10.9.{n}.0/24", AvailabilityZone=f"{REGION}{'ab'[n % 2]}")
                   for n in range(4)]
        cls.subnets = [each["Subnet"]["SubnetId"] for each in subnets]
        cls.key = boto3.client("secretsmanager").create_secret(Name="key", SecretString="k" * 32)["ARN"]
        cls.certificate = boto3.client("acm").request_certificate(DomainName="stats.example.org")["CertificateArn"]
        zone = boto3.client("route53").create_hosted_zone(Name="example.org", CallerReference="1")["HostedZone"]["Id"]
        cls.zone = zone.removeprefix("/hostedzone/")
        cls.plain, cls.plain_ids = cls.make("plain", {"ImageTag": "v1"})
        cls.chosen, cls.chosen_ids = cls.make("chosen", {
            "ImageTag": "v2", "Repository": "team/describe", "Architecture": "ARM64", "Scheme": "internal", "AllowedCidr": "10.0.0.0/8",
            "ApiKeySecretArn": cls.key, "CertificateArn": cls.certificate, "DomainName": "stats.example.org", "HostedZoneId": cls.zone,
            "VpcId": cls.vpc, "LoadBalancerSubnetIds": ",".join(cls.subnets[:2]), "TaskSubnetIds": ",".join(cls.subnets[2:]),
            "AssignPublicIp": "DISABLED", "Cpu": "1024", "MinTasks": "3", "MaxTasks": "30", "CpuTarget": "50", "RequestsPerTarget": "9000",
            "Spot": "true", "DeregistrationDelay": "120", "BasePath": "/stage", "BodyLimit": "10GiB", "LogLevel": "warn", "LogRetentionDays": "365",
            "ContainerInsights": "enabled"})

    @classmethod
    def make(cls, name, parameters):
        ids = deploy(name, DEPLOY / "fargate.yaml", parameters)
        balancer = cls.elb.describe_load_balancers(LoadBalancerArns=[ids["LoadBalancer"]])["LoadBalancers"][0]
        role = boto3.client("iam").get_role(RoleName=ids["ExecutionRole"])["Role"]
        attributes = {
            "ExecutionRole.Arn": role["Arn"],
            "LoadBalancer.DNSName": balancer["DNSName"],
            "LoadBalancer.CanonicalHostedZoneID": balancer["CanonicalHostedZoneId"],
            "LoadBalancer.LoadBalancerFullName": ids["LoadBalancer"].split("loadbalancer/", 1)[1],
            "TargetGroup.TargetGroupFullName": "targetgroup/" + ids["TargetGroup"].split("targetgroup/", 1)[1],
            "Service.Name": ids["Service"].rsplit("/", 1)[1],
        }
        return Stack(cls.template, parameters, ids | {"AWS::StackName": name}, attributes), ids

    def ingress(self, group):
        rules = self.ec2.describe_security_groups(GroupIds=[group])["SecurityGroups"][0]["IpPermissions"]
        return sorted((rule["FromPort"], rule["ToPort"], [one["CidrIp"] for one in rule["IpRanges"]],
                       [one["GroupId"] for one in rule["UserIdGroupPairs"]]) for rule in rules)

    def listeners(self, ids):
        found = self.elb.describe_listeners(LoadBalancerArn=ids["LoadBalancer"])["Listeners"]
        return {each["Port"]: each for each in found}

    def test_its_own_network_reaches_the_internet_from_two_zones(self):
        subnets = self.ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [self.plain_ids["Vpc"]]}])["Subnets"]
        self.assertEqual(len({each["AvailabilityZone"] for each in subnets}), 2)
        self.assertEqual({each["CidrBlock"] for each in subnets}, {"10.0.0.0/25", "10.0.0.128/25"})
        for name in ("SubnetARoutes", "SubnetBRoutes"):
            self.ec2.associate_route_table(**self.plain.properties(name))
        tables = self.ec2.describe_route_tables(RouteTableIds=[self.plain_ids["Routes"]])["RouteTables"][0]
        self.assertIn(("0.0.0.0/0", self.plain_ids["InternetGateway"]),
                      [(route["DestinationCidrBlock"], route.get("GatewayId")) for route in tables["Routes"]])
        self.assertEqual({each["SubnetId"] for each in tables["Associations"] if each.get("SubnetId")}, {each["SubnetId"] for each in subnets})
        attached = self.ec2.describe_internet_gateways(InternetGatewayIds=[self.plain_ids["InternetGateway"]])["InternetGateways"][0]
        self.assertEqual(attached["Attachments"][0]["VpcId"], self.plain_ids["Vpc"])

    def test_a_given_network_is_used_and_none_made(self):
        self.assertFalse({"Vpc", "SubnetA", "InternetGateway", "Routes"} & set(self.chosen_ids))
        balancer = self.elb.describe_load_balancers(LoadBalancerArns=[self.chosen_ids["LoadBalancer"]])["LoadBalancers"][0]
        self.assertEqual((balancer["VpcId"], balancer["Scheme"]), (self.vpc, "internal"))
        self.assertEqual({zone["SubnetId"] for zone in balancer["AvailabilityZones"]}, set(self.subnets[:2]))

    def test_only_the_load_balancer_reaches_the_tasks(self):
        for ids, expected in [(self.plain_ids, [(80, 80, ["0.0.0.0/0"], [])]),
                              (self.chosen_ids, [(80, 80, ["10.0.0.0/8"], []), (443, 443, ["10.0.0.0/8"], [])])]:
            self.assertEqual(self.ingress(ids["LoadBalancerSecurityGroup"]), expected)
            self.assertEqual(self.ingress(ids["TaskSecurityGroup"]), [(8000, 8000, [], [ids["LoadBalancerSecurityGroup"]])])
        egress = self.plain.properties("TaskSecurityGroup")["SecurityGroupEgress"]
        self.assertEqual([(rule["FromPort"], rule["ToPort"]) for rule in egress], [(443, 443)])

    def test_plain_http_forwards(self):
        listeners = self.listeners(self.plain_ids)
        self.assertEqual(list(listeners), [80])
        action, = listeners[80]["DefaultActions"]
        self.assertEqual((action["Type"], action["TargetGroupArn"]), ("forward", self.plain_ids["TargetGroup"]))
        self.assertEqual(len(self.elb.describe_rules(ListenerArn=listeners[80]["ListenerArn"])["Rules"]), 1)

    def test_a_certificate_redirects_and_a_key_is_asked_for(self):
        listeners = self.listeners(self.chosen_ids)
        redirect = listeners[80]["DefaultActions"][0]
        self.assertEqual((redirect["Type"], redirect["RedirectConfig"]["Protocol"], redirect["RedirectConfig"]["StatusCode"]),
                         ("redirect", "HTTPS", "HTTP_301"))
        https = listeners[443]
        self.assertEqual((https["Protocol"], https["Certificates"][0]["CertificateArn"]), ("HTTPS", self.certificate))
        refusal = https["DefaultActions"][0]["FixedResponseConfig"]
        self.assertEqual((refusal["StatusCode"], json.loads(refusal["MessageBody"])["status"]), ("403", 403))
        rules = self.elb.describe_rules(ListenerArn=https["ListenerArn"])["Rules"]
        rule, = [each for each in rules if not each["IsDefault"]]
        self.assertEqual(rule["Conditions"][0]["HttpHeaderConfig"],
                         {"HttpHeaderName": "X-Api-Key", "Values": [f"{{{{resolve:secretsmanager:{self.key}}}}}"]})
        self.assertEqual((rule["Actions"][0]["Type"], rule["Actions"][0]["TargetGroupArn"]), ("forward", self.chosen_ids["TargetGroup"]))

    def test_without_a_certificate_the_key_is_asked_for_over_http(self):
        stack = Stack(self.template, {"ImageTag": "v1", "ApiKeySecretArn": self.key}, self.plain_ids | {"KeyRule": "rule"})
        self.assertEqual(stack.properties("HttpListener")["DefaultActions"][0]["Type"], "fixed-response")
        self.assertEqual(stack.properties("KeyRule")["ListenerArn"], self.plain_ids["HttpListener"])
        self.assertFalse(stack.has("HttpsListener"))

    def test_targets_are_asked_for_readiness_and_leave_quickly(self):
        for stack, ids, delay in [(self.plain, self.plain_ids, "5"), (self.chosen, self.chosen_ids, "120")]:
            group = self.elb.describe_target_groups(TargetGroupArns=[ids["TargetGroup"]])["TargetGroups"][0]
            self.assertEqual((group["TargetType"], group["Protocol"], group["Port"], group["HealthCheckPath"], group["Matcher"]["HttpCode"]),
                             ("ip", "HTTP", 8000, "/readyz", "200"))
            self.assertEqual((group["HealthCheckIntervalSeconds"], group["HealthyThresholdCount"], group["UnhealthyThresholdCount"]), (10, 2, 2))
            asked = [{key: str(value) for key, value in each.items()} for each in stack.properties("TargetGroup")["TargetGroupAttributes"]]
            self.elb.modify_target_group_attributes(TargetGroupArn=ids["TargetGroup"], Attributes=asked)
            seen = self.elb.describe_target_group_attributes(TargetGroupArn=ids["TargetGroup"])["Attributes"]
            seen = {each["Key"]: each["Value"] for each in seen}
            self.assertEqual(seen["deregistration_delay.timeout_seconds"], delay)
            self.assertEqual(seen["load_balancing.algorithm.type"], "least_outstanding_requests")
            self.elb.modify_load_balancer_attributes(LoadBalancerArn=ids["LoadBalancer"],
                                                     Attributes=stack.properties("LoadBalancer")["LoadBalancerAttributes"])
            seen = self.elb.describe_load_balancer_attributes(LoadBalancerArn=ids["LoadBalancer"])["Attributes"]
            seen = {each["Key"]: each["Value"] for each in seen}
            # Shorter than the service's own 75 s, so that it is not the service that closes first.
            self.assertEqual((seen["idle_timeout.timeout_seconds"], seen["routing.http.drop_invalid_header_fields.enabled"]), ("60", "true"))

    def test_the_task_is_locked_up(self):
        for stack, image, processor, cpu, memory, held, base in [
                (self.plain, IMAGE, "X86_64", "256", "512", "64MiB", "/prod"),
                (self.chosen, IMAGE.replace("describe-api:v1", "team/describe:v2"), "ARM64", "1024", "2048", "256MiB", "/stage")]:
            made = self.ecs.register_task_definition(**camel(stack.properties("Task"), keep=("Options",)))["taskDefinition"]
            task = self.ecs.describe_task_definition(taskDefinition=made["taskDefinitionArn"], include=["TAGS"])
            task, tags = task["taskDefinition"], task["tags"]
            self.assertEqual((task["requiresCompatibilities"], task["networkMode"], task["cpu"], task["memory"]), (["FARGATE"], "awsvpc", cpu, memory))
            self.assertEqual(task["runtimePlatform"], {"cpuArchitecture": processor, "operatingSystemFamily": "LINUX"})
            self.assertEqual(tags, [{"key": "Project", "value": "describe-api"}])
            self.assertNotIn("taskRoleArn", task)
            self.assertEqual(task["executionRoleArn"], stack.attributes["ExecutionRole.Arn"])
            container, = task["containerDefinitions"]
            self.assertEqual(container["image"], image)
            self.assertEqual((container["user"], container["readonlyRootFilesystem"], container["linuxParameters"]["capabilities"]["drop"]),
                             ("65532:65532", True, ["ALL"]))
            self.assertEqual(container["healthCheck"]["command"], ["CMD", "/describe-api", "healthcheck"])
            # Longer than the 25 s that the service takes to drain.
            self.assertEqual(container["stopTimeout"], 40)
            self.assertEqual(container["portMappings"], [{"containerPort": 8000, "protocol": "tcp"}])
            settings = {each["name"]: each["value"] for each in container["environment"]}
            self.assertEqual((settings["MEMORY_LIMIT"], settings["BASE_PATH"]), (held, base))
            logs = container["logConfiguration"]
            self.assertEqual((logs["logDriver"], logs["options"]["awslogs-group"]), ("awslogs", stack.refs["LogGroup"]))

    def test_the_settings_are_ones_that_the_service_knows(self):
        for stack in (self.plain, self.chosen):
            container, = stack.properties("Task")["ContainerDefinitions"]
            environment = {each["Name"]: str(each["Value"]) for each in container["Environment"]}
            done = subprocess.run([BINARY, "openapi"], env=environment, capture_output=True, text=True)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(environment["BASE_PATH"], done.stdout)
            manual = subprocess.run([BINARY, "--help"], env={}, capture_output=True, text=True).stdout
            for name in environment:
                self.assertIn(f"[env: {name}=", manual)

    def test_the_service_rolls_back_and_waits_for_its_listener(self):
        for stack, public, subnets, forwarded_by in [
                (self.plain, "ENABLED", {self.plain_ids["SubnetA"], self.plain_ids["SubnetB"]}, self.plain_ids["HttpListener"]),
                (self.chosen, "DISABLED", set(self.subnets[2:]), self.chosen_ids["KeyRule"])]:
            asked = camel(stack.properties("Service"))
            made = self.ecs.create_service(serviceName="again", desiredCount=1, **asked)["service"]
            service = self.ecs.describe_services(cluster=stack.refs["Cluster"], services=[made["serviceArn"]], include=["TAGS"])["services"][0]
            network = service["networkConfiguration"]["awsvpcConfiguration"]
            self.assertEqual((network["assignPublicIp"], set(network["subnets"]), network["securityGroups"]),
                             (public, subnets, [stack.refs["TaskSecurityGroup"]]))
            self.assertEqual(service["loadBalancers"],
                             [{"targetGroupArn": stack.refs["TargetGroup"], "containerName": "describe-api", "containerPort": 8000}])
            self.assertIn({"key": "ForwardedBy", "value": forwarded_by}, service["tags"])
            self.assertNotIn("desiredCount", asked)
            # moto keeps neither of these two, but botocore has judged their form.
            self.assertEqual(asked["deploymentConfiguration"], {"minimumHealthyPercent": 100, "maximumPercent": 200,
                                                                "deploymentCircuitBreaker": {"enable": True, "rollback": True}})
            spot = [each["capacityProvider"] for each in asked["capacityProviderStrategy"]]
            self.assertEqual(spot, ["FARGATE"] if stack is self.plain else ["FARGATE", "FARGATE_SPOT"])
        self.assertEqual(asked["capacityProviderStrategy"][0], {"capacityProvider": "FARGATE", "base": 1, "weight": 0})

    def test_it_scales_on_processors_and_on_requests(self):
        for stack, bounds, cpu, requests in [(self.plain, (2, 10), 60, 60000), (self.chosen, (3, 30), 50, 9000)]:
            target = stack.properties("Scaling")
            numbers = {key: int(target[key]) for key in ("MinCapacity", "MaxCapacity")}
            self.scaling.register_scalable_target(**target | numbers)
            seen = self.scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[target["ResourceId"]])["ScalableTargets"][0]
            self.assertEqual((seen["MinCapacity"], seen["MaxCapacity"]), bounds)
            self.assertEqual(seen["ResourceId"], f"service/{stack.refs['Cluster']}/{stack.attributes['Service.Name']}")
            for name in ("ScaleOnCpu", "ScaleOnRequests"):
                stack.refs["Scaling"] = "scaling"
                policy = stack.properties(name)
                self.assertEqual(policy.pop("ScalingTargetId"), "scaling")
                tracking = policy["TargetTrackingScalingPolicyConfiguration"]
                tracking["TargetValue"] = float(tracking["TargetValue"])
                self.scaling.put_scaling_policy(**policy, **{key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")})
            policies = self.scaling.describe_scaling_policies(ServiceNamespace="ecs", ResourceId=target["ResourceId"])["ScalingPolicies"]
            seen = {}
            for policy in policies:
                tracking = policy["TargetTrackingScalingPolicyConfiguration"]
                metric = tracking["PredefinedMetricSpecification"]
                seen[metric["PredefinedMetricType"]] = (tracking["TargetValue"], metric.get("ResourceLabel"))
            label = f"{stack.attributes['LoadBalancer.LoadBalancerFullName']}/{stack.attributes['TargetGroup.TargetGroupFullName']}"
            self.assertEqual(seen, {"ECSServiceAverageCPUUtilization": (cpu, None), "ALBRequestCountPerTarget": (requests, label)})
            self.assertRegex(label, r"^app/[^/]+/[0-9a-f]+/targetgroup/[^/]+/[0-9a-f]+$")

    def test_roles_reach_what_they_need(self):
        iam = boto3.client("iam")
        for stack, ids, repository in [(self.plain, self.plain_ids, "describe-api"), (self.chosen, self.chosen_ids, "team/describe")]:
            trust = iam.get_role(RoleName=ids["ExecutionRole"])["Role"]["AssumeRolePolicyDocument"]["Statement"]
            self.assertEqual([(each["Principal"]["Service"], each["Condition"]) for each in trust],
                             [("ecs-tasks.amazonaws.com", {"StringEquals": {"aws:SourceAccount": ACCOUNT}})])
            self.assertEqual(iam.list_attached_role_policies(RoleName=ids["ExecutionRole"])["AttachedPolicies"], [])
            self.assertEqual(iam.list_role_policies(RoleName=ids["ExecutionRole"])["PolicyNames"], ["image-and-logs"])
            image = f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/{repository}"
            logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:{ids['LogGroup']}:*"
            self.assertEqual(statements(stack.properties("ExecutionRole")), {
                ("ecr:GetAuthorizationToken", "*"), ("ecr:BatchCheckLayerAvailability", image), ("ecr:BatchGetImage", image),
                ("ecr:GetDownloadUrlForLayer", image), ("logs:CreateLogStream", logs), ("logs:PutLogEvents", logs)})

    def test_logs_cluster_and_domain(self):
        for stack, ids, days, insights in [(self.plain, self.plain_ids, 30, "disabled"), (self.chosen, self.chosen_ids, 365, "enabled")]:
            group, = boto3.client("logs").describe_log_groups(logGroupNamePrefix=ids["LogGroup"])["logGroups"]
            self.assertEqual(group["retentionInDays"], days)
            asked = camel(stack.properties("Cluster"))
            asked["settings"] = asked.pop("clusterSettings")
            made = self.ecs.create_cluster(clusterName=f"{ids['Cluster']}-again", **asked)["cluster"]
            cluster = self.ecs.describe_clusters(clusters=[made["clusterArn"]], include=["SETTINGS", "TAGS"])["clusters"][0]
            self.assertEqual(cluster["settings"], [{"name": "containerInsights", "value": insights}])
            self.assertEqual(cluster["capacityProviders"], ["FARGATE", "FARGATE_SPOT"])
        records = boto3.client("route53").list_resource_record_sets(HostedZoneId=self.zone)["ResourceRecordSets"]
        record, = [each for each in records if each["Type"] == "A"]
        self.assertEqual((record["Name"].rstrip("."), record["AliasTarget"]["DNSName"].rstrip(".")),
                         ("stats.example.org", self.chosen.attributes["LoadBalancer.DNSName"]))

    def test_outputs_are_ready_to_be_opened(self):
        self.assertEqual(self.plain.output("StatsUrl"), f"http://{self.plain.attributes['LoadBalancer.DNSName']}{STATS}")
        self.assertEqual(self.chosen.output("StatsUrl"), "https://stats.example.org/stage/stats?numbers=5&numbers=6")
        self.assertEqual(self.chosen.output("DocsUrl"), "https://stats.example.org/docs")
        root = Stack(self.template, {"ImageTag": "v1", "BasePath": "/"}, {}, self.plain.attributes)
        self.assertEqual(root.output("StatsUrl"), f"http://{self.plain.attributes['LoadBalancer.DNSName']}/stats?numbers=5&numbers=6")

    def test_parameters_that_do_not_fit_are_refused_beforehand(self):
        refused = [{"VpcId": "vpc-1"}, {"VpcId": "vpc-1", "LoadBalancerSubnetIds": "subnet-1,subnet-2"}, {"AssignPublicIp": "DISABLED"},
                   {"HostedZoneId": "Z1"}]
        for parameters in refused:
            self.assertTrue(Stack(self.template, {"ImageTag": "v1", **parameters}).broken_rules(), parameters)
        self.assertEqual(self.plain.broken_rules() + self.chosen.broken_rules(), [])


class ExpressMode(unittest.TestCase):
    def setUp(self):
        self.template = load(DEPLOY / "express-mode.yaml")

    def stack(self, endpoint="describe-api-1.ecs.eu-west-2.on.aws", **parameters):
        attributes = {"ExecutionRole.Arn": "arn:aws:iam::123456789012:role/e", "InfrastructureRole.Arn": "arn:aws:iam::123456789012:role/i", "Service.Endpoint": endpoint}
        return Stack(self.template, {"ImageTag": "v1", **parameters}, {"LogGroup": "logs"}, attributes)

    def test_the_service(self):
        for parameters, cpu, memory, network in [
                ({}, "256", "512", None), ({"Cpu": "2048", "SubnetIds": "subnet-1,subnet-2"}, "2048", "4096", {"subnets": ["subnet-1", "subnet-2"]})]:
            asked = camel(self.stack(**parameters).properties("Service"))
            asked["scalingTarget"] = {key: int(value) if "etric" not in key else value for key, value in asked["scalingTarget"].items()}
            check_parameters("ecs", "CreateExpressGatewayService", asked)
            self.assertEqual((asked["cpu"], asked["memory"], asked["healthCheckPath"], asked.get("networkConfiguration")), (cpu, memory, "/readyz", network))
            self.assertEqual((asked["primaryContainer"]["image"], asked["primaryContainer"]["containerPort"]), (IMAGE, 8000))
            self.assertNotIn("taskRoleArn", asked)
            self.assertEqual(asked["scalingTarget"]["maxTaskCount"], 10)

    def test_roles(self):
        stack = self.stack()
        trusted = [stack.properties(role)["AssumeRolePolicyDocument"]["Statement"][0]["Principal"]["Service"]
                   for role in ("ExecutionRole", "InfrastructureRole")]
        self.assertEqual(trusted, ["ecs-tasks.amazonaws.com", "ecs.amazonaws.com"])
        self.assertEqual({resource for _, resource in statements(stack.properties("ExecutionRole"))},
                         {"*", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/describe-api", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:logs:*"})

    def test_outputs(self):
        for endpoint in ("a.ecs.eu-west-2.on.aws", "https://a.ecs.eu-west-2.on.aws"):
            self.assertEqual(self.stack(endpoint).output("StatsUrl"), f"https://a.ecs.eu-west-2.on.aws{STATS}")
            self.assertEqual(self.stack(endpoint, BasePath="/").output("StatsUrl"), "https://a.ecs.eu-west-2.on.aws/stats?numbers=5&numbers=6")


class AppRunner(unittest.TestCase):
    def test_the_service(self):
        template = load(DEPLOY / "apprunner.yaml")
        attributes = {"AccessRole.Arn": "arn:aws:iam::123456789012:role/access", "Service.ServiceUrl": "a.eu-west-2.awsapprunner.com",
                      "Scaling.AutoScalingConfigurationArn": "arn:aws:apprunner:eu-west-2:123456789012:autoscalingconfiguration/a/1/b"}
        for access, public in [("public", True), ("private", False)]:
            stack = Stack(template, {"ImageTag": "v1", "Access": access, "Cpu": "512"}, {}, attributes)
            asked = stack.properties("Service")
            source = asked["SourceConfiguration"]["ImageRepository"]
            self.assertEqual((source["ImageIdentifier"], source["ImageConfiguration"]["Port"]), (IMAGE, "8000"))
            # CloudFormation has a list where the service's own call has a map.
            variables = source["ImageConfiguration"]["RuntimeEnvironmentVariables"]
            source["ImageConfiguration"]["RuntimeEnvironmentVariables"] = {each["Name"]: each["Value"] for each in variables}
            check_parameters("apprunner", "CreateService", {"ServiceName": "describe-api", **asked})
            self.assertEqual(asked["HealthCheckConfiguration"]["Path"], "/readyz")
            self.assertEqual(asked["InstanceConfiguration"], {"Cpu": "512", "Memory": "1024"})
            self.assertEqual(asked["NetworkConfiguration"]["IngressConfiguration"]["IsPubliclyAccessible"], public)
            self.assertEqual(stack.output("StatsUrl"), f"https://a.eu-west-2.awsapprunner.com{STATS}")
        self.assertTrue(all(resource == "*" or resource.endswith(":repository/describe-api")
                            for _, resource in statements(stack.properties("AccessRole"))))


class Serverless(unittest.TestCase):
    """lambda.yaml as AWS's own translator expands it."""

    def stack(self, **parameters):
        template = load(DEPLOY / "lambda.yaml")
        given = Stack(template, {"ImageTag": "v1", **parameters})
        plain = json.loads(json.dumps(template))
        values = {name: given.refs[name] for name in template["Parameters"]}
        with unittest.mock.patch.dict(os.environ, AWS_DEFAULT_REGION=REGION):
            expanded = transform(plain, values, unittest.mock.Mock(load=lambda: {}))
        names = expanded["Resources"]
        ids = {name: name.lower() for name in names} | {"Api": "a1b2c3"}
        ids["FunctionAliaslive"] = f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:function:live"
        attributes = {"FunctionRole.Arn": "arn:aws:iam::123456789012:role/f", "CodeDeployServiceRole.Arn": "arn:aws:iam::123456789012:role/c",
                      "FunctionUrl.FunctionUrl": "https://u.lambda-url.eu-west-2.on.aws/",
                      "Domain.RegionalDomainName": "d-1.execute-api", "Domain.RegionalHostedZoneId": "Z2"}
        return Stack(expanded, {**parameters, "ImageTag": "v1"}, ids, attributes)

    def of_type(self, stack, kind):
        return {name: stack.properties(name) for name, each in stack.template["Resources"].items() if each["Type"] == kind and stack.has(name)}

    def test_the_function(self):
        stack = self.stack(Architecture="arm64", Memory="3008")
        function = stack.properties("Function")
        self.assertEqual((function["PackageType"], function["Code"]["ImageUri"], function["Architectures"]), ("Image", IMAGE, ["arm64"]))
        self.assertEqual((function["Timeout"], str(function["MemorySize"])), (29, "3008"))
        self.assertEqual(function["Environment"]["Variables"]["BASE_PATH"], "/prod")
        self.assertEqual(function["LoggingConfig"]["LogGroup"], "loggroup")
        self.assertNotIn("Handler", function)
        role = stack.properties("FunctionRole")
        logs = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:loggroup:*"
        self.assertEqual(statements(role), {("logs:CreateLogStream", logs), ("logs:PutLogEvents", logs)})
        self.assertNotIn("ManagedPolicyArns", role)

    def test_a_new_image_is_a_new_version(self):
        versions = set()
        for tag in ("v1", "v2"):
            template = json.loads(json.dumps(load(DEPLOY / "lambda.yaml")))
            values = {name: spec.get("Default", tag) for name, spec in template["Parameters"].items()}
            expanded = transform(template, values, unittest.mock.Mock(load=lambda: {}))
            versions |= {name for name, each in expanded["Resources"].items() if each["Type"] == "AWS::Lambda::Version"}
        self.assertEqual(len(versions), 2)

    def test_the_stage_hands_every_path_as_bytes_to_the_alias(self):
        stack = self.stack()
        stage, = self.of_type(stack, "AWS::ApiGateway::Stage").values()
        self.assertEqual(stage["StageName"], "prod")
        settings, = stage["MethodSettings"]
        # Its log would hold query strings, and those hold numbers.
        self.assertEqual((settings["LoggingLevel"], settings["DataTraceEnabled"]), ("OFF", False))
        self.assertNotIn("AccessLogSetting", stage)
        body = stack.properties("Api")["Body"]
        self.assertEqual(body["x-amazon-apigateway-binary-media-types"], ["*/*"])
        self.assertEqual(set(body["paths"]), {"/", "/{proxy+}"})
        for path in body["paths"].values():
            method = path["x-amazon-apigateway-any-method"]
            self.assertNotIn("security", method)
            self.assertEqual(method["x-amazon-apigateway-integration"], {
                "type": "aws_proxy", "httpMethod": "POST",
                "uri": f"arn:aws:apigateway:{REGION}:lambda:path/2015-03-31/functions/{stack.refs['FunctionAliaslive']}/invocations"})
        permission = stack.properties("ApiMayInvoke")
        self.assertEqual((permission["FunctionName"], permission["Principal"], permission["SourceArn"]),
                         (stack.refs["FunctionAliaslive"], "apigateway.amazonaws.com", f"arn:aws:execute-api:{REGION}:{ACCOUNT}:a1b2c3/*"))

    def test_another_stage_moves_the_base_path_with_it(self):
        stack = self.stack(StageName="v2")
        self.assertEqual(stack.properties("Function")["Environment"]["Variables"]["BASE_PATH"], "/v2")
        self.assertEqual(stack.output("StatsUrl"), "https://a1b2c3.execute-api.eu-west-2.amazonaws.com/v2/stats?numbers=5&numbers=6")

    def test_a_key_is_asked_for_on_every_path(self):
        secret = f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:key-1"
        stack = self.stack(ApiKeySecretArn=secret)
        for path in stack.properties("Api")["Body"]["paths"].values():
            self.assertEqual(path["x-amazon-apigateway-any-method"]["security"], [{"key": []}])
        self.assertEqual(stack.properties("ApiKey")["Value"], f"{{{{resolve:secretsmanager:{secret}}}}}")
        self.assertEqual(stack.properties("UsagePlan")["ApiStages"], [{"ApiId": "a1b2c3", "Stage": "apistage"}])
        self.assertFalse(self.stack().has("ApiKey"))

    def test_the_function_url(self):
        for auth, has_url, permissions in [("AWS_IAM", True, set()), ("off", False, set()),
                                           ("NONE", True, {"lambda:InvokeFunctionUrl", "lambda:InvokeFunction"})]:
            stack = self.stack(FunctionUrlAuth=auth)
            self.assertEqual(stack.has("FunctionUrl"), has_url)
            given = self.of_type(stack, "AWS::Lambda::Permission").values()
            self.assertEqual({each["Action"] for each in given if each["Principal"] == "*"}, permissions)
            # Everybody may invoke through the URL only, not by the name.
            self.assertTrue(all(each.get("InvokedViaFunctionUrl") is True or each["Action"] == "lambda:InvokeFunctionUrl" and
                                each["FunctionUrlAuthType"] == "NONE" for each in given if each["Principal"] == "*"))
            if has_url:
                url = stack.properties("FunctionUrl")
                self.assertEqual((url["AuthType"], url["Qualifier"], url["InvokeMode"]), (auth, "live", "BUFFERED"))
                self.assertEqual(stack.output("FunctionUrlStats"), f"https://u.lambda-url.eu-west-2.on.aws{STATS}")
        template = load(DEPLOY / "lambda.yaml")
        refused = [{"ApiKeySecretArn": "arn:aws:secretsmanager:x", "FunctionUrlAuth": "NONE"}, {"DomainName": "a.b"}, {"HostedZoneId": "Z1"}]
        for parameters in refused:
            self.assertTrue(Stack(template, {"ImageTag": "v1", **parameters}).broken_rules(), parameters)

    def test_a_domain_keeps_the_paths(self):
        stack = self.stack(DomainName="stats.example.org", CertificateArn="arn:aws:acm:eu-west-2:1:certificate/1", HostedZoneId="Z1")
        self.assertEqual(stack.properties("DomainMapping")["BasePath"], "prod")
        self.assertEqual(stack.output("StatsUrl"), f"https://stats.example.org{STATS}")
        self.assertEqual(stack.properties("DomainRecord")["AliasTarget"], {"DNSName": "d-1.execute-api", "HostedZoneId": "Z2"})

    def test_updates_shift_and_come_back(self):
        stack = self.stack(Deployment="Canary10Percent5Minutes")
        group, = self.of_type(stack, "AWS::CodeDeploy::DeploymentGroup").values()
        self.assertEqual(group["DeploymentConfigName"], "CodeDeployDefault.LambdaCanary10Percent5Minutes")
        self.assertTrue(group["AutoRollbackConfiguration"]["Enabled"])
        self.assertEqual(group["AlarmConfiguration"]["Alarms"], [{"Name": "failures"}])

    def test_lambda_and_its_neighbours_know_every_member(self):
        stack = self.stack()
        function = stack.properties("Function")
        tags = {each["Key"]: each["Value"] for each in function.pop("Tags")}
        check_parameters("lambda", "CreateFunction", {"FunctionName": "f", **function, "Tags": tags})
        url = stack.properties("FunctionUrl")
        check_parameters("lambda", "CreateFunctionUrlConfig", {"FunctionName": url.pop("TargetFunctionArn"), **url})
        check_parameters("cloudwatch", "PutMetricAlarm", {"AlarmName": "a", **stack.properties("Failures")})


class Documentation(unittest.TestCase):
    def test_every_command_names_parameters_that_there_are(self):
        seen = set()
        for page in (ROOT / "docs" / "deploy.md", ROOT / "README.md"):
            text = page.read_text().replace("\\\n", " ")
            for command in [line for line in text.splitlines() if "--template-file" in line]:
                template = command.split("--template-file ")[1].split()[0]
                names = [word.partition("=")[0] for word in command.split("--parameter-overrides ")[1].split()]
                declared = load(ROOT / template)["Parameters"]
                self.assertLessEqual(set(names), set(declared), command)
                seen.add(template)
        self.assertEqual(seen, {f"deploy/{path.name}" for path in TEMPLATES})

    def test_every_setting_in_the_text_is_a_parameter(self):
        declared = {name for path in TEMPLATES for part in ("Parameters", "Outputs") for name in load(path)[part]}
        words = re.findall(r"`([A-Z][A-Za-z]+)=[^`]*`", (ROOT / "docs" / "deploy.md").read_text())
        self.assertGreater(len(words), 8)
        self.assertLessEqual(set(words) - {"IMAGE"}, declared)


class PushImage(unittest.TestCase):
    """deploy/push-image with the real command line of AWS and a docker that only writes down what it was told."""

    def push(self, *arguments, **environment):
        with tempfile.TemporaryDirectory() as folder:
            told = pathlib.Path(folder) / "told"
            docker = pathlib.Path(folder) / "docker"
            docker.write_text(f'#!/bin/sh\necho "$*" >>{told}\n[ "$1" != login ] || cat >>{told}.password\n')
            docker.chmod(docker.stat().st_mode | stat.S_IXUSR)
            done = subprocess.run([DEPLOY / "push-image", *arguments], capture_output=True, text=True,
                                  env={**os.environ, "PATH": f"{folder}:{os.environ['PATH']}", **environment})
            return done, told.read_text().splitlines() if told.exists() else []

    def test_the_repository_is_made_once_and_the_image_pushed(self):
        registry = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com"
        for tag, processor in [("v1", "amd64"), ("v2", "arm64")]:
            done, told = self.push(tag, processor)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertIn(f"ImageTag={tag} ", done.stdout)
            build, = [line for line in told if line.startswith("build ")]
            self.assertIn(f"--platform linux/{processor} ", build)
            self.assertIn("--provenance=false", build)
            self.assertTrue(build.endswith(f"--tag {registry}/describe-api:{tag} ."))
            self.assertEqual(told[-2:], [f"login --username AWS --password-stdin {registry}", f"push {registry}/describe-api:{tag}"])
        ecr = boto3.client("ecr")
        repository, = ecr.describe_repositories()["repositories"]
        self.assertEqual((repository["repositoryName"], repository["imageTagMutability"], repository["imageScanningConfiguration"]),
                         ("describe-api", "IMMUTABLE", {"scanOnPush": True}))
        policy = json.loads(ecr.get_lifecycle_policy(repositoryName="describe-api")["lifecyclePolicyText"])
        self.assertEqual(policy["rules"][0]["selection"]["countNumber"], 20)

    def test_an_image_that_is_there_is_pushed_as_it_is(self):
        done, told = self.push("v3", IMAGE="describe-api", REPOSITORY="other")
        self.assertEqual(done.returncode, 0, done.stderr)
        uri = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/other:v3"
        self.assertEqual([told[0], told[-1]], [f"tag describe-api {uri}", f"push {uri}"])
        boto3.client("ecr").delete_repository(repositoryName="other")

    def test_mistakes(self):
        self.assertEqual(self.push()[0].returncode, 1)
        self.assertEqual(self.push("v1", "sparc")[0].returncode, 2)


if __name__ == "__main__":
    unittest.main()
