"""A CloudFormation template with its functions worked out: what CloudFormation would hand to each service."""

import re

import cfnlint.decode

ACCOUNT, REGION = "123456789012", "eu-west-2"
NOTHING = object()


def load(path):
    template, mistakes = cfnlint.decode.decode(str(path))
    assert not mistakes, mistakes
    return template


class Stack:
    """A template with parameters. `resources` gives what Ref means for a resource, `attributes` what GetAtt does."""

    def __init__(self, template, parameters, resources=None, attributes=None):
        declared = template["Parameters"]
        unknown = set(parameters) - set(declared)
        assert not unknown, f"unknown parameters {unknown}"
        self.template = template
        self.refs = {name: parameters.get(name, spec.get("Default")) for name, spec in declared.items()}
        missing = [name for name, value in self.refs.items() if value is None]
        assert not missing, f"missing parameters {missing}"
        self.refs |= {"AWS::AccountId": ACCOUNT, "AWS::Region": REGION, "AWS::Partition": "aws", "AWS::URLSuffix": "amazonaws.com",
                      "AWS::StackName": "stack", "AWS::NoValue": NOTHING}
        self.refs |= resources or {}
        self.attributes = attributes or {}

    def has(self, name):
        """Whether the stack has this resource or output."""
        part = self.template["Resources"].get(name) or self.template["Outputs"].get(name)
        return "Condition" not in part or self.condition(part["Condition"])

    def properties(self, name):
        """A resource's properties."""
        return self.value(self.template["Resources"][name]["Properties"])

    def output(self, name):
        return self.value(self.template["Outputs"][name]["Value"])

    def condition(self, name):
        return self.value(self.template["Conditions"][name])

    def broken_rules(self):
        """What CloudFormation would say of these parameters before it makes anything."""
        rules = self.template.get("Rules", {}).values()
        held = [rule for rule in rules if "RuleCondition" not in rule or self.value(rule["RuleCondition"])]
        assertions = [assertion for rule in held for assertion in rule["Assertions"]]
        return [each["AssertDescription"] for each in assertions if not self.value(each["Assert"])]

    def value(self, node):
        if isinstance(node, dict):
            if len(node) == 1:
                (name, argument), = node.items()
                if name == "Ref" or name.startswith("Fn::"):
                    return getattr(self, "do_" + name.removeprefix("Fn::"))(argument)
            worked_out = {str(key): self.value(value) for key, value in node.items()}
            return {key: value for key, value in worked_out.items() if value is not NOTHING}
        if isinstance(node, list):
            return [value for value in map(self.value, node) if value is not NOTHING]
        return str(node) if isinstance(node, str) else node

    def do_Ref(self, name):
        return self.refs[name]

    def do_GetAtt(self, path):
        return self.attributes[path if isinstance(path, str) else ".".join(path)]

    def do_Sub(self, argument):
        text, more = argument if isinstance(argument, list) else (argument, {})
        more = self.value(more)

        def replace(match):
            name = match[1]
            if name in more:
                return str(more[name])
            return str(self.do_GetAtt(name) if "." in name else self.do_Ref(name))

        return re.sub(r"\$\{([^}]+)}", replace, text)

    def do_If(self, argument):
        condition, yes, no = argument
        return self.value(yes if self.condition(condition) else no)

    def do_Equals(self, argument):
        left, right = self.value(argument)
        return str(left) == str(right)

    def do_Not(self, argument):
        return not self.value(argument)[0]

    def do_Join(self, argument):
        return str(argument[0]).join(self.value(argument[1]))

    def do_Split(self, argument):
        return self.value(argument[1]).split(argument[0])

    def do_Select(self, argument):
        return self.value(argument[1])[int(argument[0])]

    def do_FindInMap(self, argument):
        mapping, first, second = self.value(argument)
        return self.template["Mappings"][mapping][first][second]


def camel(node, keep=()):
    """ECS's own spelling of the names: readonlyRootFilesystem for ReadonlyRootFilesystem. What is below `keep` stays."""
    if isinstance(node, list):
        return [camel(each, keep) for each in node]
    if not isinstance(node, dict):
        return node
    return {key[0].lower() + key[1:]: value if key in keep else camel(value, keep) for key, value in node.items()}
