export type MemberCommands = {
  RegisterMember: { memberId: string; name: string };
};

export type MemberEvents = {
  MemberRegistered: { name: string };
};
