import { Projection, type Projects } from '@ndomain/core';
import type { MemberEvents } from '../domain/member/contracts.ts';
import { Member } from '../domain/member/member.ts';

export interface MemberCardView {
  name: string;
}

export class MemberCard extends Projection<MemberCardView> implements Projects<MemberCardView, MemberEvents> {
  static readonly source = Member;
  static readonly projectionName = 'member-card';

  initial(): MemberCardView {
    return { name: '' };
  }

  onMemberRegistered(view: MemberCardView, { name }: MemberEvents['MemberRegistered']): void {
    view.name = name;
  }
}
